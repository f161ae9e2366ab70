"""rollups: lines say in which transaction and for which method they were written; hourly counts

The lines of the timeline are rewritten once, which takes a while for millions of them. The first count is made by a worker.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-29 22:00:00.000000

"""
from alembic import op
import sqlalchemy as sa

from pitturu.store.transaction_ids import Xid8


# revision identifiers, used by Alembic.
revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

DIMENSIONS = """
    UPDATE payment_events e SET generation = s.generation, pay_method = s.pay_method,
        pg_provider = coalesce(p.pg_provider, accepted.pg_provider),
        decline_reason = CASE WHEN e.kind = 'status' AND e.to_status = 'failed' THEN 'other' END
    FROM payment_sessions s LEFT JOIN payment_history accepted ON accepted.imp_uid = s.imp_uid,
         payment_events line LEFT JOIN payment_history p ON p.id = line.payment_key
    WHERE s.id = e.session_key AND line.id = e.id"""


def upgrade():
    # Without a default at first: lines that exist keep an empty transaction, and the table is not locked for long.
    op.add_column('payment_events', sa.Column('transaction_id', Xid8(), nullable=True))
    op.alter_column('payment_events', 'transaction_id', server_default=sa.text('pg_current_xact_id()'))
    for name, length in (('generation', 10), ('pay_method', 50), ('pg_provider', 50), ('decline_reason', 30)):
        op.add_column('payment_events', sa.Column(name, sa.String(length=length), nullable=True))
    op.execute('ALTER TABLE payment_events DISABLE TRIGGER append_only')
    op.execute(DIMENSIONS)
    op.execute('ALTER TABLE payment_events ENABLE TRIGGER append_only')
    op.create_index('ix_payment_events_transaction', 'payment_events', ['transaction_id'])
    op.add_column('webhook_deliveries', sa.Column('repeated_at', MOMENT, nullable=True))
    _webhook_outcomes()
    _rollups()


def downgrade():
    for table in ('rollup_progress', 'rollup_totals', 'hourly_rollups', 'webhook_outcomes'):
        op.drop_table(table)
    op.drop_column('webhook_deliveries', 'repeated_at')
    op.drop_index('ix_payment_events_transaction', table_name='payment_events')
    for name in ('transaction_id', 'generation', 'pay_method', 'pg_provider', 'decline_reason'):
        op.drop_column('payment_events', name)


def _webhook_outcomes():
    op.create_table('webhook_outcomes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('transaction_id', Xid8(), server_default=sa.text('pg_current_xact_id()'), nullable=False),
    sa.Column('generation', sa.String(length=10), nullable=False),
    sa.Column('event_status', sa.String(length=50), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('received_at', MOMENT, nullable=False),
    sa.Column('finished_at', MOMENT, server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_outcomes'))
    )
    op.create_index('ix_webhook_outcomes_transaction', 'webhook_outcomes', ['transaction_id'])


def _counted():
    return (
        sa.Column('measure', sa.String(length=20), nullable=False),
        sa.Column('label', sa.String(length=100), nullable=False),
        sa.Column('generation', sa.String(length=10), nullable=False),
        sa.Column('pay_method', sa.String(length=50), nullable=False),
        sa.Column('pg_provider', sa.String(length=50), nullable=False),
        sa.Column('count', sa.BigInteger(), nullable=False),
        sa.Column('sum', sa.BigInteger(), nullable=False),
    )


KEY = ('measure', 'label', 'generation', 'pay_method', 'pg_provider')


def _rollups():
    op.create_table('hourly_rollups', sa.Column('hour', MOMENT, nullable=False), *_counted(),
    sa.PrimaryKeyConstraint('hour', *KEY, name=op.f('pk_hourly_rollups'))
    )
    op.create_table('rollup_totals', *_counted(),
    sa.PrimaryKeyConstraint(*KEY, name=op.f('pk_rollup_totals'))
    )
    op.create_table('rollup_progress',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('base_line', sa.BigInteger(), nullable=False),
    sa.Column('base_outcome', sa.BigInteger(), nullable=False),
    sa.Column('counted_below', Xid8(), nullable=False),
    sa.Column('counted_at', MOMENT, nullable=True),
    sa.Column('outcomes_since', MOMENT, nullable=True),
    sa.Column('stale', sa.Boolean(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_rollup_progress_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rollup_progress'))
    )
