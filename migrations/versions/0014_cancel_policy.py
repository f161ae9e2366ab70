"""fulfilment of lines, and cancels that a person decides

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-29 10:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

FULFILMENTS = "fulfilment IN ('none', 'preparing', 'shipped', 'delivered', 'used')"
LISTS = {
    ('payment_cancellations', 'stage'): (
        "'needs_account', 'requested', 'sent', 'succeeded', 'refused'",
        "'return_requested', 'awaiting_approval', 'needs_account', 'requested', 'sent', 'succeeded', 'refused', 'rejected'",
    ),
    ('payment_events', 'cause'): (
        "'session', 'prepare', 'verify', 'close', 'cancel', 'expire', 'webhook', 'comparison', 'replay'",
        "'session', 'prepare', 'verify', 'close', 'cancel', 'fulfilment', 'expire', 'webhook', 'comparison', 'replay'",
    ),
    ('payment_events', 'kind'): (
        "'status', 'money', 'given_up', 'method_changed', 'cancel_requested', 'cancel_refused', 'compared', 'replayed'",
        "'status', 'money', 'given_up', 'method_changed', 'cancel_requested', 'cancel_refused', 'cancel_approved',"
        " 'cancel_rejected', 'fulfilment', 'compared', 'replayed'",
    ),
}
"""The values of a column before and after."""

PERSONS = 'approved_by <> name AND approved_by <> reviewed_by'


def upgrade():
    op.add_column('items', sa.Column('returnable', sa.Boolean(), server_default='true', nullable=False))
    op.add_column('payment_lines', sa.Column('returnable', sa.Boolean(), server_default='true', nullable=False))
    op.add_column('payment_lines', sa.Column('fulfilment', sa.String(length=20), server_default='none', nullable=False))
    op.add_column('payment_lines', sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('payment_lines', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f('ck_payment_lines_fulfilment'), 'payment_lines', FULFILMENTS)
    op.create_check_constraint(op.f('ck_payment_lines_begun_at'), 'payment_lines', "(fulfilment = 'none') = (begun_at IS NULL)")
    op.add_column('payment_cancellations', sa.Column('reviewed_by', sa.String(length=255), nullable=True))
    op.add_column('payment_cancellations', sa.Column('approved_by', sa.String(length=255), nullable=True))
    op.create_check_constraint(op.f('ck_payment_cancellations_two_persons'), 'payment_cancellations', PERSONS)
    for table, column in LISTS:
        name = _list(table, column, LISTS[table, column][1])
        # Checked after the lock of the table was weakened.
        op.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT {name}')
    _undecided("stage NOT IN ('succeeded', 'refused', 'rejected')")


def downgrade():
    _undecided("stage IN ('needs_account', 'requested', 'sent')")
    # Nobody may decide about them any more; the buyer asks again.
    op.execute("""UPDATE payment_cancellations SET stage = 'refused', refusal = coalesce(refusal, 'not decided'),
        decided_at = coalesce(decided_at, now()), refund_encrypted = NULL
        WHERE stage IN ('return_requested', 'awaiting_approval', 'rejected')""")
    for table, column in LISTS:
        # Lines of the timeline are never changed, so the old list holds for new ones only.
        _list(table, column, LISTS[table, column][0])
    op.drop_constraint(op.f('ck_payment_cancellations_two_persons'), 'payment_cancellations')
    op.drop_column('payment_cancellations', 'approved_by')
    op.drop_column('payment_cancellations', 'reviewed_by')
    op.drop_column('payment_lines', 'delivered_at')
    op.drop_constraint(op.f('ck_payment_lines_begun_at'), 'payment_lines')
    op.drop_column('payment_lines', 'begun_at')
    op.drop_column('payment_lines', 'fulfilment')
    op.drop_column('payment_lines', 'returnable')
    op.drop_column('items', 'returnable')


def _list(table, column, values):
    """Replace the values that a column may have; the name of the constraint."""
    name = op.f(f'ck_{table}_{column}')
    op.drop_constraint(name, table)
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({values})) NOT VALID')
    return name


def _undecided(condition):
    op.drop_index('ix_payment_cancellations_undecided', table_name='payment_cancellations')
    op.create_index('ix_payment_cancellations_undecided', 'payment_cancellations', ['id'], postgresql_where=sa.text(condition))
