"""cash receipts

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-30 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_sessions', sa.Column('cash_receipt_purpose', sa.String(length=10), nullable=True))
    op.add_column('payment_sessions', sa.Column('cash_receipt_masked', sa.String(length=20), nullable=True))
    op.add_column('payment_sessions', sa.Column('cash_receipt_encrypted', sa.LargeBinary(), nullable=True))
    op.create_table('cash_receipts',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('receipt_id', sa.String(length=64), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('payment_key', sa.Uuid(), nullable=False),
    sa.Column('stage', sa.String(length=20), server_default='checking', nullable=False),
    sa.Column('self_issued', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=50), nullable=True),
    sa.Column('url', sa.String(length=500), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent', sa.String(length=20), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refusal', sa.String(length=500), nullable=True),
    sa.Column('force', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("stage IN ('checking', 'issuing', 'cancelling', 'issued', 'cancelled', 'differs', 'failed')", name=op.f('ck_cash_receipts_stage')),
    sa.ForeignKeyConstraint(['payment_key'], ['payment_history.id'], name=op.f('fk_cash_receipts_payment_key_payment_history')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_cash_receipts_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_receipts')),
    sa.UniqueConstraint('payment_key', name=op.f('uq_cash_receipts_payment_key')),
    sa.UniqueConstraint('receipt_id', name=op.f('uq_cash_receipts_receipt_id')),
    sa.UniqueConstraint('session_key', name=op.f('uq_cash_receipts_session_key'))
    )
    op.create_index('ix_cash_receipts_due', 'cash_receipts', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_cash_receipts_dead', 'cash_receipts', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_cash_receipts_needs_operator', 'cash_receipts', ['changed_at'], unique=False, postgresql_where=sa.text("stage = 'differs' OR stage = 'failed'"))


def downgrade():
    op.drop_table('cash_receipts')
    op.drop_column('payment_sessions', 'cash_receipt_encrypted')
    op.drop_column('payment_sessions', 'cash_receipt_masked')
    op.drop_column('payment_sessions', 'cash_receipt_purpose')
