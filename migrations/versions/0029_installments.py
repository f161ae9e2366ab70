"""the months of instalments that a card was paid in; escrow and its shipments

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-30 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_history', sa.Column('installment_months', sa.SmallInteger(), nullable=True))
    op.add_column('payment_history', sa.Column('escrow_status', sa.String(length=30), nullable=True))
    op.create_table('escrow_shipments',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('shipment_id', sa.String(length=255), nullable=False),
    sa.Column('payment_key', sa.Uuid(), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('carrier', sa.String(length=20), nullable=False),
    sa.Column('invoice', sa.String(length=50), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('known', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('doubtful', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('refusal', sa.String(length=500), nullable=True),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("carrier IN ('cj', 'hanjin', 'lotte', 'logen', 'post', 'daesin', 'etc')", name=op.f('ck_escrow_shipments_carrier')),
    sa.CheckConstraint("stage IN ('requested', 'sent', 'registered', 'refused')", name=op.f('ck_escrow_shipments_stage')),
    sa.ForeignKeyConstraint(['payment_key'], ['payment_history.id'], name=op.f('fk_escrow_shipments_payment_key_payment_history')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_escrow_shipments_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escrow_shipments')),
    sa.UniqueConstraint('payment_key', name=op.f('uq_escrow_shipments_payment_key')),
    sa.UniqueConstraint('shipment_id', name=op.f('uq_escrow_shipments_shipment_id'))
    )
    op.create_index('ix_escrow_shipments_dead', 'escrow_shipments', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_escrow_shipments_due', 'escrow_shipments', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))


def downgrade():
    op.drop_table('escrow_shipments')
    op.drop_column('payment_history', 'escrow_status')
    op.drop_column('payment_history', 'installment_months')
