"""origin and name

Who caused a thing was one text, `actor`: a user's name or a word. It becomes an origin and, where there is one, a name.
`actor` is computed from both until the next release. The timeline is written anew (about ten seconds for 640,000 lines); nobody
else reads or writes it meanwhile.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-29 01:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

TABLES = ('payment_events', 'payment_cancellations')

SPLIT = """
    UPDATE {table} SET
        origin = CASE WHEN actor IN ('system', 'portone') THEN actor WHEN actor = user_username THEN 'buyer' ELSE 'operator' END,
        name = CASE WHEN actor NOT IN ('system', 'portone') THEN actor END
    FROM payment_sessions WHERE payment_sessions.id = {table}.session_key"""

WORDS = {
    'kind': ('status', 'money', 'given_up', 'method_changed', 'cancel_requested', 'cancel_refused', 'compared', 'replayed'),
    'cause': ('session', 'prepare', 'verify', 'close', 'cancel', 'expire', 'webhook', 'comparison', 'replay'),
    'origin': ('buyer', 'operator', 'shop', 'system', 'portone'),
}


def one_of(column):
    words = ', '.join(f"'{word}'" for word in WORDS[column])
    return f'{column} IN ({words})'


def upgrade():
    op.drop_index('uq_payment_cancellations_one_automatic', table_name='payment_cancellations')
    op.execute('ALTER TABLE payment_events DISABLE TRIGGER append_only')
    for table in TABLES:
        op.add_column(table, sa.Column('origin', sa.String(length=10), nullable=True))
        op.add_column(table, sa.Column('name', sa.String(length=255), nullable=True))
        op.execute(SPLIT.format(table=table))
        op.alter_column(table, 'origin', nullable=False)
        op.drop_column(table, 'actor')
        op.add_column(table, sa.Column('actor', sa.String(length=255), sa.Computed('coalesce(name, origin)', persisted=True), nullable=False))
        op.create_check_constraint(op.f(f'ck_{table}_origin'), table, one_of('origin'))
    op.execute('ALTER TABLE payment_events ENABLE TRIGGER append_only')
    op.create_check_constraint(op.f('ck_payment_events_kind'), 'payment_events', one_of('kind'))
    op.create_check_constraint(op.f('ck_payment_events_cause'), 'payment_events', one_of('cause'))
    op.create_index('uq_payment_cancellations_one_automatic', 'payment_cancellations', ['payment_key', 'kind'], unique=True, postgresql_where=sa.text("origin = 'system'"))


def downgrade():
    op.drop_index('uq_payment_cancellations_one_automatic', table_name='payment_cancellations')
    op.drop_constraint(op.f('ck_payment_events_cause'), 'payment_events')
    op.drop_constraint(op.f('ck_payment_events_kind'), 'payment_events')
    for table in TABLES:
        op.drop_constraint(op.f(f'ck_{table}_origin'), table)
        op.execute(f'ALTER TABLE {table} ALTER COLUMN actor DROP EXPRESSION')
        op.drop_column(table, 'name')
        op.drop_column(table, 'origin')
    op.create_index('uq_payment_cancellations_one_automatic', 'payment_cancellations', ['payment_key', 'kind'], unique=True, postgresql_where=sa.text("actor = 'system'"))
