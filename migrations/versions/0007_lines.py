"""lines of an order

Every session gets one line, made of its own columns; inventory entries and cancels of pieces name it.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-29 02:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

LINES = """
    INSERT INTO payment_lines (session_key, item_id, item_name, unit_price, quantity)
    SELECT id, item_id, item_name, unit_price, quantity FROM payment_sessions"""

NAMED = """
    UPDATE {table} SET line_key = payment_lines.id
    FROM payment_lines WHERE payment_lines.session_key = {table}.session_key"""


def upgrade():
    op.create_table('payment_lines',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('position', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('item_name', sa.String(length=255), nullable=False),
    sa.Column('unit_price', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False)
    )
    op.execute(LINES)
    op.create_primary_key(op.f('pk_payment_lines'), 'payment_lines', ['id'])
    op.create_unique_constraint(op.f('uq_payment_lines_session_key_position'), 'payment_lines', ['session_key', 'position'])
    op.create_check_constraint(op.f('ck_payment_lines_quantity'), 'payment_lines', 'quantity > 0')
    op.create_foreign_key(op.f('fk_payment_lines_session_key_payment_sessions'), 'payment_lines', 'payment_sessions', ['session_key'], ['id'])
    op.create_foreign_key(op.f('fk_payment_lines_item_id_items'), 'payment_lines', 'items', ['item_id'], ['id'])
    op.execute('ANALYZE payment_lines')

    op.add_column('payment_cancellations', sa.Column('line_key', sa.Uuid(), nullable=True))
    op.execute(NAMED.format(table='payment_cancellations') + ' AND payment_cancellations.quantity IS NOT NULL')
    op.create_check_constraint(op.f('ck_payment_cancellations_line'), 'payment_cancellations', '(quantity IS NULL) = (line_key IS NULL)')
    op.create_foreign_key(op.f('fk_payment_cancellations_line_key_payment_lines'), 'payment_cancellations', 'payment_lines', ['line_key'], ['id'])

    op.add_column('inventory_entries', sa.Column('line_key', sa.Uuid(), nullable=True))
    op.execute(NAMED.format(table='inventory_entries'))
    op.alter_column('inventory_entries', 'line_key', nullable=False)
    op.create_foreign_key(op.f('fk_inventory_entries_line_key_payment_lines'), 'inventory_entries', 'payment_lines', ['line_key'], ['id'])
    op.drop_index('uq_inventory_entries_one_grant', table_name='inventory_entries')
    op.create_index('uq_inventory_entries_one_grant', 'inventory_entries', ['line_key'], unique=True, postgresql_where=sa.text("kind = 'grant'"))
    op.drop_constraint(op.f('uq_inventory_entries_cancellation_key'), 'inventory_entries')
    op.create_unique_constraint(op.f('uq_inventory_entries_cancellation_key_line_key'), 'inventory_entries', ['cancellation_key', 'line_key'])


def downgrade():
    op.drop_constraint(op.f('uq_inventory_entries_cancellation_key_line_key'), 'inventory_entries')
    op.create_unique_constraint(op.f('uq_inventory_entries_cancellation_key'), 'inventory_entries', ['cancellation_key'])
    op.drop_index('uq_inventory_entries_one_grant', table_name='inventory_entries')
    op.create_index('uq_inventory_entries_one_grant', 'inventory_entries', ['session_key'], unique=True, postgresql_where=sa.text("kind = 'grant'"))
    op.drop_column('inventory_entries', 'line_key')
    op.drop_constraint(op.f('ck_payment_cancellations_line'), 'payment_cancellations')
    op.drop_column('payment_cancellations', 'line_key')
    op.drop_table('payment_lines')
