"""encrypted personal data

Sessions know when the buyer's data in them was erased. Accounts for refunds of undecided cancels, and responses kept under Idempotency-Keys, are encrypted with DATA_KEYS. What
is left of an account in plain columns is masked. Processes of the release before must not run during or after this
migration: they would miss `refund_tel` and `body`.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-29 08:00:00.000000

"""
import json

from alembic import op
import sqlalchemy as sa

from pitturu.services import services


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BATCH = 1_000

DATA_KEPT = 'due_at IS NULL AND buyer_erased_at IS NULL'

UNDECIDED = "stage IN ('needs_account', 'requested', 'sent')"

ACCOUNTS = f"""
    SELECT id, cancellation_id, refund_number AS number, refund_holder AS holder, refund_tel AS tel
    FROM payment_cancellations WHERE refund_number IS NOT NULL AND {UNDECIDED}"""

# The last four digits, at most half of all; the first letter of the name.
MASKED = """
    UPDATE payment_cancellations SET
        refund_number = repeat('*', length(refund_number) - least(4, length(refund_number) / 2))
            || right(refund_number, least(4, length(refund_number) / 2)),
        refund_holder = left(refund_holder, 1) || repeat('*', length(refund_holder) - 1)
    WHERE refund_number IS NOT NULL"""


def change(select, update, new):
    """Run `update` with the values that `new` makes of each selected row, a batch at a time."""
    connection = op.get_bind()
    with connection.execute(sa.text(select).execution_options(yield_per=BATCH)) as rows:
        for batch in rows.partitions():
            connection.execute(sa.text(update), [new(row) for row in batch])


def upgrade():
    if op.get_context().as_sql:
        raise RuntimeError('Migration 0010 encrypts rows, which SQL cannot: run it with `flask --app wsgi db upgrade`.')
    cipher = services().cipher
    op.add_column('payment_cancellations', sa.Column('refund_encrypted', sa.LargeBinary(), nullable=True))
    change(
        ACCOUNTS,
        'UPDATE payment_cancellations SET refund_encrypted = :encrypted WHERE id = :id',
        lambda row: {'id': row.id, 'encrypted': cipher.encrypt(account(row))},
    )
    op.execute(MASKED)
    op.drop_column('payment_cancellations', 'refund_tel')
    op.add_column('idempotency_keys', sa.Column('body_encrypted', sa.LargeBinary(), nullable=True))
    change(
        'SELECT user_username, key, body FROM idempotency_keys',
        'UPDATE idempotency_keys SET body_encrypted = :encrypted WHERE user_username = :user AND key = :key',
        lambda row: {'user': row.user_username, 'key': row.key, 'encrypted': cipher.encrypt(row.body)},
    )
    op.alter_column('idempotency_keys', 'body_encrypted', nullable=False)
    op.drop_column('idempotency_keys', 'body')
    op.add_column('payment_sessions', sa.Column('buyer_erased_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_payment_sessions_unpaid_data', 'payment_sessions', ['created_at'], postgresql_where=sa.text(f'paid_at IS NULL AND {DATA_KEPT}'))
    op.create_index('ix_payment_sessions_paid_data', 'payment_sessions', ['paid_at'], postgresql_where=sa.text(f'paid_at IS NOT NULL AND {DATA_KEPT}'))


def account(row):
    return json.dumps({'number': row.number, 'holder': row.holder or '', 'tel': row.tel or ''}).encode()


def downgrade():
    cipher = services().cipher
    op.drop_index('ix_payment_sessions_paid_data', table_name='payment_sessions')
    op.drop_index('ix_payment_sessions_unpaid_data', table_name='payment_sessions')
    op.drop_column('payment_sessions', 'buyer_erased_at')
    op.add_column('payment_cancellations', sa.Column('refund_tel', sa.String(length=30), nullable=True))
    change(
        'SELECT id, cancellation_id, refund_encrypted FROM payment_cancellations WHERE refund_encrypted IS NOT NULL',
        'UPDATE payment_cancellations SET refund_number = :number, refund_holder = :holder, refund_tel = :tel WHERE id = :id',
        lambda row: {'id': row.id, **json.loads(cipher.decrypt(row.refund_encrypted, row.cancellation_id))},
    )
    op.drop_column('payment_cancellations', 'refund_encrypted')
    op.add_column('idempotency_keys', sa.Column('body', sa.LargeBinary(), nullable=True))
    change(
        'SELECT user_username, key, body_encrypted FROM idempotency_keys',
        'UPDATE idempotency_keys SET body = :body WHERE user_username = :user AND key = :key',
        lambda row: {'user': row.user_username, 'key': row.key, 'body': cipher.decrypt(row.body_encrypted, 'A response')},
    )
    op.alter_column('idempotency_keys', 'body', nullable=False)
    op.drop_column('idempotency_keys', 'body_encrypted')
