"""refunds of unknown orders are cancels

A payment of an order that was never issued here has no session and no user. What a finding promised to refund becomes
such a payment and its cancel; the finding names the cancel.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-29 02:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

# `amount` is what was left when the payment was found. Without `paid_at`, PortOne's next answer says what was charged.
PAYMENTS = """
    INSERT INTO payment_history (id, payment_id, generation, imp_uid, merchant_uid, item_name, amount, cancelled_amount,
        currency, sandbox, status, provider_status, verdict, pg_provider, created_at, paid_at)
    SELECT gen_random_uuid(), 'pay' || replace(f.id::text, '-', ''), f.generation, f.provider_id, f.order_id, '', f.amount,
        CASE WHEN f.stage = 'succeeded' THEN f.amount ELSE 0 END, 'KRW', false,
        CASE WHEN f.stage = 'succeeded' THEN 'cancelled' ELSE 'mismatched' END, f.theirs, 'order_differs', f.pg_provider,
        f.found_at, CASE WHEN f.stage = 'succeeded' THEN f.found_at END
    FROM comparison_findings f WHERE f.stage IS NOT NULL"""

CANCELS = """
    INSERT INTO payment_cancellations (id, cancellation_id, payment_key, kind, stage, amount, balance, reason, origin,
        refusal, provider_cancellation_id, created_at, decided_at, due_at, attempts, last_error, dead_at, request_id)
    SELECT gen_random_uuid(), 'can' || replace(f.id::text, '-', ''), p.id, 'refund', f.stage, f.amount, f.balance,
        '주문 내역이 없는 결제 자동 환불', 'system', CASE WHEN f.stage = 'refused' THEN coalesce(f.refusal, f.words) ELSE f.refusal END,
        CASE WHEN f.stage = 'succeeded' THEN '~' || f.amount END, f.found_at,
        CASE WHEN f.stage IN ('succeeded', 'refused') THEN coalesce(f.settled_at, now()) END,
        f.due_at, f.attempts, f.last_error, f.dead_at, f.request_id
    FROM comparison_findings f JOIN payment_history p ON p.imp_uid = f.provider_id AND p.session_key IS NULL
    WHERE f.stage IS NOT NULL"""

NAMED = """
    UPDATE comparison_findings f SET cancellation_key = c.id
    FROM payment_cancellations c JOIN payment_history p ON p.id = c.payment_key
    WHERE f.stage IS NOT NULL AND p.imp_uid = f.provider_id AND p.session_key IS NULL"""

BACK = """
    UPDATE comparison_findings f SET stage = CASE WHEN c.stage = 'needs_account' THEN 'refused' ELSE c.stage END,
        balance = c.balance, refusal = c.refusal, pg_provider = p.pg_provider, due_at = c.due_at, attempts = c.attempts,
        last_error = c.last_error, dead_at = c.dead_at, request_id = c.request_id
    FROM payment_cancellations c JOIN payment_history p ON p.id = c.payment_key WHERE f.cancellation_key = c.id"""


def upgrade():
    op.add_column('payment_history', sa.Column('generation', sa.String(length=10), nullable=True))
    op.alter_column('payment_history', 'session_key', nullable=True)
    op.alter_column('payment_history', 'user_username', nullable=True)
    op.create_check_constraint(op.f('ck_payment_history_owner'), 'payment_history', '(session_key IS NULL) = (user_username IS NULL)')
    op.create_check_constraint(op.f('ck_payment_history_generation'), 'payment_history', '(session_key IS NULL) = (generation IS NOT NULL)')
    op.alter_column('payment_cancellations', 'session_key', nullable=True)
    op.add_column('comparison_findings', sa.Column('cancellation_key', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_comparison_findings_cancellation_key_payment_cancellations'), 'comparison_findings', 'payment_cancellations', ['cancellation_key'], ['id'])
    op.execute(PAYMENTS)
    op.execute(CANCELS)
    op.execute(NAMED)
    op.create_check_constraint(op.f('ck_comparison_findings_refund'), 'comparison_findings', "cancellation_key IS NULL OR kind = 'unknown'")
    op.create_index('ix_comparison_findings_refund', 'comparison_findings', ['cancellation_key'], postgresql_where=sa.text('cancellation_key IS NOT NULL'))
    op.drop_index('ix_comparison_findings_due', table_name='comparison_findings')
    op.drop_index('ix_comparison_findings_dead', table_name='comparison_findings')
    op.drop_index('uq_comparison_findings_one_refund', table_name='comparison_findings')
    op.drop_constraint(op.f('ck_comparison_findings_only_unknown_goes_back'), 'comparison_findings')
    op.drop_constraint(op.f('ck_comparison_findings_stage'), 'comparison_findings')
    for column in ('stage', 'balance', 'refusal', 'pg_provider', 'due_at', 'attempts', 'last_error', 'dead_at', 'request_id'):
        op.drop_column('comparison_findings', column)


def downgrade():
    op.add_column('comparison_findings', sa.Column('stage', sa.String(length=20), nullable=True))
    op.add_column('comparison_findings', sa.Column('balance', sa.Integer(), nullable=True))
    op.add_column('comparison_findings', sa.Column('refusal', sa.String(length=500), nullable=True))
    op.add_column('comparison_findings', sa.Column('pg_provider', sa.String(length=50), server_default='', nullable=False))
    op.add_column('comparison_findings', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('comparison_findings', sa.Column('attempts', sa.Integer(), server_default='0', nullable=False))
    op.add_column('comparison_findings', sa.Column('last_error', sa.String(length=500), nullable=True))
    op.add_column('comparison_findings', sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('comparison_findings', sa.Column('request_id', sa.String(length=64), nullable=True))
    op.execute(BACK)
    op.create_check_constraint(op.f('ck_comparison_findings_stage'), 'comparison_findings', "stage IN ('requested', 'sent', 'succeeded', 'refused')")
    op.create_check_constraint(op.f('ck_comparison_findings_only_unknown_goes_back'), 'comparison_findings', "stage IS NULL OR kind = 'unknown'")
    op.create_index('uq_comparison_findings_one_refund', 'comparison_findings', ['provider_id'], unique=True, postgresql_where=sa.text('stage IS NOT NULL'))
    op.create_index('ix_comparison_findings_dead', 'comparison_findings', ['dead_at'], postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_comparison_findings_due', 'comparison_findings', ['due_at'], postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_constraint(op.f('ck_comparison_findings_refund'), 'comparison_findings')
    op.drop_column('comparison_findings', 'cancellation_key')
    op.execute('DELETE FROM payment_cancellations WHERE session_key IS NULL')
    op.execute('DELETE FROM payment_history WHERE session_key IS NULL')
    op.alter_column('payment_cancellations', 'session_key', nullable=False)
    op.drop_constraint(op.f('ck_payment_history_generation'), 'payment_history')
    op.drop_constraint(op.f('ck_payment_history_owner'), 'payment_history')
    op.alter_column('payment_history', 'user_username', nullable=False)
    op.alter_column('payment_history', 'session_key', nullable=False)
    op.drop_column('payment_history', 'generation')
