"""messages to others, alerts to operators, and when PortOne last refused our keys

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-29 13:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('outbound_messages',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('destination', sa.String(length=320), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('dedup_key', sa.String(length=255), nullable=False),
    sa.Column('about_kind', sa.String(length=30), nullable=False),
    sa.Column('about_id', sa.String(length=64), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=200), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("channel IN ('slack', 'email')", name=op.f('ck_outbound_messages_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbound_messages')),
    sa.UniqueConstraint('dedup_key', name=op.f('uq_outbound_messages_dedup_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbound_messages_message_id'))
    )
    op.create_index('ix_outbound_messages_closed', 'outbound_messages', ['created_at'], postgresql_where=sa.text('due_at IS NULL AND dead_at IS NULL'))
    op.create_index('ix_outbound_messages_dead', 'outbound_messages', ['dead_at'], postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_outbound_messages_due', 'outbound_messages', ['due_at'], postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_table('alerts',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('alert_id', sa.String(length=64), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unsent', sa.String(length=10), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("severity IN ('critical', 'warning')", name=op.f('ck_alerts_severity')),
    sa.CheckConstraint("unsent IN ('raised', 'ended')", name=op.f('ck_alerts_unsent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('alert_id', name=op.f('uq_alerts_alert_id'))
    )
    op.create_index('ix_alerts_created', 'alerts', ['created_at', 'id'])
    op.create_index('ix_alerts_unsent', 'alerts', ['rule'], postgresql_where=sa.text('unsent IS NOT NULL'))
    op.create_index('uq_alerts_open', 'alerts', ['rule'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('alert_states',
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('detail', sa.String(length=500), server_default='', nullable=False),
    sa.Column('broken_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clear_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('muted_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('rule', name=op.f('pk_alert_states'))
    )
    op.create_table('portone_refusals',
    sa.Column('generation', sa.String(length=10), nullable=False),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('generation', name=op.f('pk_portone_refusals'))
    )


def downgrade():
    op.drop_table('portone_refusals')
    op.drop_table('alert_states')
    op.drop_table('alerts')
    op.drop_table('outbound_messages')
