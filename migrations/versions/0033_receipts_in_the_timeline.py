"""cash receipts in the timeline and in comparisons, and goods that buyers of escrow payments refuse

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-30 14:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

LISTS = {
    ('payment_events', 'cause'): (
        "'session', 'prepare', 'verify', 'close', 'cancel', 'fulfilment', 'expire', 'webhook', 'comparison', 'replay'",
        "'session', 'prepare', 'verify', 'close', 'cancel', 'fulfilment', 'expire', 'webhook', 'comparison', 'cash_receipt', 'replay'",
    ),
    ('payment_events', 'kind'): (
        "'status', 'money', 'given_up', 'method_changed', 'cancel_requested', 'cancel_refused', 'cancel_approved',"
        " 'cancel_rejected', 'fulfilment', 'compared', 'replayed'",
        "'status', 'money', 'given_up', 'method_changed', 'cancel_requested', 'cancel_refused', 'cancel_approved',"
        " 'cancel_rejected', 'fulfilment', 'receipt_issued', 'receipt_cancelled', 'receipt_failed', 'receipt_differs',"
        " 'compared', 'replayed'",
    ),
    ('comparisons', 'walk'): (
        "'v1_payments', 'v2_payments', 'v2_events', 'ours', 'settle', 'webhooks', 'end'",
        "'v1_payments', 'v2_payments', 'v2_events', 'ours', 'v2_receipts', 'receipts', 'settle', 'webhooks', 'end'",
    ),
    ('comparison_findings', 'kind'): (
        "'missing_here', 'missing_there', 'status', 'amount', 'cancelled_amount', 'method', 'unknown', 'webhook_missing'",
        "'missing_here', 'missing_there', 'status', 'amount', 'cancelled_amount', 'method', 'unknown', 'webhook_missing',"
        " 'receipt_missing', 'receipt_unknown', 'receipt_amount', 'receipt_cancelled'",
    ),
}
"""The values of a column before and after."""


def upgrade():
    for table, column in LISTS:
        name = _list(table, column, LISTS[table, column][1])
        # Checked after the lock of the table was weakened.
        op.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT {name}')
    op.create_index('ix_cash_receipts_issued', 'cash_receipts', ['issued_at', 'id'], unique=False, postgresql_where=sa.text("stage = 'issued'"))
    op.add_column('escrow_shipments', sa.Column('rejected_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('escrow_shipments', sa.Column('confirming', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('escrow_shipments', sa.Column('confirm_doubtful', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('escrow_shipments', sa.Column('confirm_refusal', sa.String(length=500), nullable=True))
    op.execute("""UPDATE escrow_shipments SET rejected_at = now() FROM payment_history
        WHERE payment_history.id = escrow_shipments.payment_key AND payment_history.escrow_status = 'rejected'""")
    op.create_index('ix_escrow_shipments_rejected', 'escrow_shipments', ['rejected_at'], unique=False, postgresql_where=sa.text('rejected_at IS NOT NULL'))


def downgrade():
    op.drop_index('ix_escrow_shipments_rejected', table_name='escrow_shipments')
    for name in ('confirm_refusal', 'confirm_doubtful', 'confirming', 'rejected_at'):
        op.drop_column('escrow_shipments', name)
    op.drop_index('ix_cash_receipts_issued', table_name='cash_receipts')
    op.execute("DELETE FROM comparison_findings WHERE kind LIKE 'receipt_%'")
    op.execute("UPDATE comparisons SET walk = 'settle', cursor = to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"') WHERE walk IN ('v2_receipts', 'receipts')")
    for table, column in LISTS:
        _list(table, column, LISTS[table, column][0])


def _list(table, column, values):
    """Replace the values that a column may have; the name of the constraint."""
    name = op.f(f'ck_{table}_{column}')
    op.drop_constraint(name, table)
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({values})) NOT VALID')
    return name
