"""events for the shop's own systems

Revision ID: 0022
Revises: 0021
Create Date: 2026-12-02 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pitturu.store.transaction_ids import Xid8


# revision identifiers, used by Alembic.
revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_sessions', sa.Column('event_count', sa.Integer(), server_default='0', nullable=False))
    op.create_table('shop_events',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('event_id', sa.String(length=64), nullable=False),
    sa.Column('transaction_id', Xid8(), server_default=sa.text('pg_current_xact_id()'), nullable=False),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('(session_key IS NULL) = (sequence IS NULL)', name=op.f('ck_shop_events_sequence')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_shop_events_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_events')),
    sa.UniqueConstraint('event_id', name=op.f('uq_shop_events_event_id')),
    sa.UniqueConstraint('number', name=op.f('uq_shop_events_number'))
    )
    op.create_index('uq_shop_events_sequence', 'shop_events', ['session_key', 'sequence'], unique=True)
    op.create_index('ix_shop_events_order', 'shop_events', ['transaction_id', 'number'], unique=False)
    op.create_index('ix_shop_events_created', 'shop_events', ['created_at'], unique=False)
    op.create_index('ix_shop_events_due', 'shop_events', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_shop_events_dead', 'shop_events', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))

    op.create_table('event_endpoints',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('endpoint_id', sa.String(length=64), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('description', sa.String(length=200), server_default='', nullable=False),
    sa.Column('types', postgresql.ARRAY(sa.String(length=40)), server_default='{}', nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('old_secret_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('old_secret_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('user_key', sa.Uuid(), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_reason', sa.String(length=300), nullable=True),
    sa.Column('gone', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rest_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('silences', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['user_key'], ['users.id'], name=op.f('fk_event_endpoints_user_key_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_endpoints')),
    sa.UniqueConstraint('endpoint_id', name=op.f('uq_event_endpoints_endpoint_id'))
    )
    op.create_index('ix_event_endpoints_created', 'event_endpoints', ['created_at', 'id'], unique=False)
    op.drop_constraint('channel', 'outbound_messages', type_='check')
    op.create_check_constraint('channel', 'outbound_messages', "channel IN ('slack', 'email', 'webhook')")
    op.create_index('ix_outbound_messages_webhooks', 'outbound_messages', ['destination', 'created_at', 'id'], unique=False, postgresql_where=sa.text("channel = 'webhook'"))


def downgrade():
    op.drop_index('ix_outbound_messages_webhooks', table_name='outbound_messages', postgresql_where=sa.text("channel = 'webhook'"))
    op.execute("DELETE FROM outbound_messages WHERE channel = 'webhook'")
    op.drop_constraint('channel', 'outbound_messages', type_='check')
    op.create_check_constraint('channel', 'outbound_messages', "channel IN ('slack', 'email')")
    op.drop_table('event_endpoints')
    op.drop_table('shop_events')
    op.drop_column('payment_sessions', 'event_count')
