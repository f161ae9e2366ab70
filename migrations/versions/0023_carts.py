"""several lines an order, shipping, discount, tax-free parts

Stock is held by lines. A cancel names its pieces by line.

Revision ID: 0023
Revises: 0022
Create Date: 2026-12-03 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

HELD = """
    UPDATE payment_lines SET stock_held = payment_sessions.stock_held
    FROM payment_sessions WHERE payment_sessions.id = payment_lines.session_key AND payment_sessions.stock_held > 0"""

BY_LINE = """
    UPDATE payment_cancellations SET pieces = jsonb_build_object(line_key::text, quantity) WHERE quantity IS NOT NULL"""

OF_ONE_LINE = """
    UPDATE payment_cancellations SET line_key = one.key::uuid, quantity = one.value::integer
    FROM (SELECT id, (jsonb_each_text(pieces)).* FROM payment_cancellations WHERE pieces IS NOT NULL) one
    WHERE one.id = payment_cancellations.id"""


def upgrade():
    op.add_column('payment_sessions', sa.Column('items_total', sa.Integer(), nullable=True))
    for name in ('shipping', 'discount', 'tax_free_amount'):
        op.add_column('payment_sessions', sa.Column(name, sa.Integer(), server_default='0', nullable=False))
    op.add_column('payment_sessions', sa.Column('line_count', sa.SmallInteger(), server_default='1', nullable=False))
    op.drop_constraint(op.f('ck_payment_sessions_amount'), 'payment_sessions')
    op.drop_constraint(op.f('ck_payment_sessions_stock_held'), 'payment_sessions')
    op.execute('UPDATE payment_sessions SET items_total = amount')
    op.alter_column('payment_sessions', 'items_total', nullable=False)
    op.create_check_constraint(op.f('ck_payment_sessions_amount'), 'payment_sessions', 'amount > 0 AND quantity > 0 AND amount = items_total + shipping - discount')
    op.create_check_constraint(op.f('ck_payment_sessions_totals'), 'payment_sessions', 'items_total >= unit_price * quantity AND shipping >= 0 AND discount >= 0')
    op.create_check_constraint(op.f('ck_payment_sessions_one_line'), 'payment_sessions', 'line_count > 1 OR items_total = unit_price * quantity')
    op.create_check_constraint(op.f('ck_payment_sessions_tax_free_amount'), 'payment_sessions', 'tax_free_amount BETWEEN 0 AND amount')
    op.create_check_constraint(op.f('ck_payment_sessions_stock_held'), 'payment_sessions', 'stock_held >= 0')

    op.add_column('payment_lines', sa.Column('tax_free', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('payment_lines', sa.Column('stock_held', sa.Integer(), server_default='0', nullable=False))
    op.execute(HELD)
    op.drop_constraint(op.f('ck_payment_lines_quantity'), 'payment_lines')
    op.create_check_constraint(op.f('ck_payment_lines_quantity'), 'payment_lines', 'quantity > 0 AND unit_price > 0')
    op.create_check_constraint(op.f('ck_payment_lines_stock_held'), 'payment_lines', 'stock_held BETWEEN 0 AND quantity')

    op.add_column('payment_history', sa.Column('line_count', sa.SmallInteger(), server_default='1', nullable=False))

    for name in ('tax_free', 'vat'):
        op.add_column('payment_cancellations', sa.Column(name, sa.Integer(), server_default='0', nullable=False))
    op.add_column('payment_cancellations', sa.Column('pieces', postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True))
    op.execute(BY_LINE)
    op.drop_constraint(op.f('ck_payment_cancellations_line'), 'payment_cancellations')
    op.drop_column('payment_cancellations', 'line_key')
    op.drop_column('payment_cancellations', 'quantity')
    op.create_check_constraint(op.f('ck_payment_cancellations_pieces'), 'payment_cancellations', "pieces <> '{}'")
    op.create_check_constraint(op.f('ck_payment_cancellations_taxes'), 'payment_cancellations', 'tax_free BETWEEN 0 AND amount AND vat BETWEEN 0 AND amount')


def downgrade():
    """Orders of several lines remain, but the release before neither shows their lines nor returns their stock."""
    op.drop_constraint(op.f('ck_payment_cancellations_taxes'), 'payment_cancellations')
    op.drop_constraint(op.f('ck_payment_cancellations_pieces'), 'payment_cancellations')
    op.add_column('payment_cancellations', sa.Column('quantity', sa.Integer(), nullable=True))
    op.add_column('payment_cancellations', sa.Column('line_key', sa.Uuid(), nullable=True))
    op.execute(OF_ONE_LINE)
    op.drop_column('payment_cancellations', 'pieces')
    for name in ('vat', 'tax_free'):
        op.drop_column('payment_cancellations', name)
    op.create_check_constraint(op.f('ck_payment_cancellations_line'), 'payment_cancellations', '(quantity IS NULL) = (line_key IS NULL)')
    op.create_foreign_key(op.f('fk_payment_cancellations_line_key_payment_lines'), 'payment_cancellations', 'payment_lines', ['line_key'], ['id'])

    op.drop_column('payment_history', 'line_count')

    op.drop_constraint(op.f('ck_payment_lines_stock_held'), 'payment_lines')
    op.drop_constraint(op.f('ck_payment_lines_quantity'), 'payment_lines')
    op.create_check_constraint(op.f('ck_payment_lines_quantity'), 'payment_lines', 'quantity > 0')
    op.drop_column('payment_lines', 'stock_held')
    op.drop_column('payment_lines', 'tax_free')

    for name in ('stock_held', 'tax_free_amount', 'one_line', 'totals', 'amount'):
        op.drop_constraint(op.f(f'ck_payment_sessions_{name}'), 'payment_sessions')
    for name in ('line_count', 'tax_free_amount', 'discount', 'shipping', 'items_total'):
        op.drop_column('payment_sessions', name)
    op.create_check_constraint(op.f('ck_payment_sessions_amount'), 'payment_sessions', 'amount > 0 AND quantity > 0 AND amount = unit_price * quantity', postgresql_not_valid=True)
    op.create_check_constraint(op.f('ck_payment_sessions_stock_held'), 'payment_sessions', 'stock_held BETWEEN 0 AND quantity', postgresql_not_valid=True)
