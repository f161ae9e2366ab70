"""the timeline refers to users by key, and a user can be renamed

Lines of buyers name nobody any more: their order says whose it is. The lines are rewritten once, which takes a while for
millions of them; processes of the release before still write names until they are replaced.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-29 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

TABLES = ('payment_sessions', 'payment_history', 'inventory_entries')

KEYS = """
    UPDATE payment_events e SET name = NULL, user_key = CASE WHEN e.origin <> 'buyer' THEN u.id END
    FROM users u WHERE u.username = e.name"""

NAMES = """
    UPDATE payment_events e SET name = coalesce(
        (SELECT u.username FROM users u WHERE u.id = e.user_key),
        (SELECT s.user_username FROM payment_sessions s WHERE s.id = e.session_key AND e.origin = 'buyer'))
    WHERE e.name IS NULL AND (e.user_key IS NOT NULL OR e.origin = 'buyer')"""


APPEND_ONLY = ('payment_events', 'operator_log')


def upgrade():
    for table in APPEND_ONLY:
        op.execute(f"""CREATE TRIGGER never_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()""")
    op.add_column('payment_events', sa.Column('user_key', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_payment_events_user_key_users'), 'payment_events', 'users', ['user_key'], ['id'])
    _rewrite(KEYS)
    for table in TABLES:
        _reference(table, onupdate='CASCADE')


def downgrade():
    for table in APPEND_ONLY:
        op.execute(f'DROP TRIGGER never_truncated ON {table}')
    for table in TABLES:
        _reference(table)
    _rewrite(NAMES)
    op.drop_column('payment_events', 'user_key')


def _rewrite(statement):
    op.execute('ALTER TABLE payment_events DISABLE TRIGGER append_only')
    op.execute(statement)
    op.execute('ALTER TABLE payment_events ENABLE TRIGGER append_only')


def _reference(table, **options):
    name = op.f(f'fk_{table}_user_username_users')
    op.drop_constraint(name, table, type_='foreignkey')
    op.create_foreign_key(name, table, 'users', ['user_username'], ['username'], **options)
