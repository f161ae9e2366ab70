"""open sessions of a user

Sessions that are open while this runs get slots as if they had been opened under the limits: the newest of each item, the
others none. The two indexes are small, because only open sessions stand in them.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 22:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

SLOTS = """
    UPDATE payment_sessions SET open_slot = numbered.slot
    FROM (SELECT id, row_number() OVER (PARTITION BY user_username ORDER BY created_at) - 1 AS slot
          FROM (SELECT DISTINCT ON (user_username, item_id) id, user_username, created_at FROM payment_sessions
                WHERE status IN ('created', 'prepared', 'verifying', 'awaiting_deposit')
                ORDER BY user_username, item_id, created_at DESC) newest) numbered
    WHERE payment_sessions.id = numbered.id AND numbered.slot < 32767"""


def upgrade():
    op.add_column('payment_sessions', sa.Column('open_slot', sa.SmallInteger(), nullable=True))
    op.execute(SLOTS)
    op.create_index('uq_payment_sessions_open_slot', 'payment_sessions', ['user_username', 'open_slot'], unique=True, postgresql_where=sa.text('open_slot IS NOT NULL'))
    op.create_index('uq_payment_sessions_open_item', 'payment_sessions', ['user_username', 'item_id'], unique=True, postgresql_where=sa.text('open_slot IS NOT NULL'))


def downgrade():
    op.drop_index('uq_payment_sessions_open_item', table_name='payment_sessions')
    op.drop_index('uq_payment_sessions_open_slot', table_name='payment_sessions')
    op.drop_column('payment_sessions', 'open_slot')
