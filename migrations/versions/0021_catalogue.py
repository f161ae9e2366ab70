"""items are managed, and every change of stock is a line of a ledger

The ledger of items of before begins with one line: the stock and what open sessions hold. Processes of the release before
write no lines when they grant or take back pieces, until they are replaced; `pitturu items recount` adds what is missing.

Revision ID: 0021
Revises: 0020
Create Date: 2026-12-02 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION stock_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock_ledger is append-only: write a new line instead';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_ledger
    FOR EACH ROW EXECUTE FUNCTION stock_ledger_append_only();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON stock_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION stock_ledger_append_only();
"""

INITIAL = """
INSERT INTO stock_ledger (item_id, kind, quantity)
SELECT i.id, 'initial', i.stock + coalesce((SELECT sum(s.stock_held) FROM payment_sessions s
                                            WHERE s.item_id = i.id AND s.open_slot IS NOT NULL), 0)
FROM items i WHERE i.stock IS NOT NULL
"""

KIND = """(kind = 'initial' AND quantity >= 0) OR (kind = 'sale' AND quantity < 0)
 OR (kind = 'return' AND quantity > 0) OR kind = 'correction'"""


def upgrade():
    op.add_column('items', sa.Column('sku', sa.String(length=64), nullable=True))
    op.add_column('items', sa.Column('description', sa.String(length=2000), server_default='', nullable=False))
    op.add_column('items', sa.Column('image_url', sa.String(length=500), nullable=True))
    op.add_column('items', sa.Column('active', sa.Boolean(), server_default='true', nullable=False))
    op.add_column('items', sa.Column('tax_free', sa.Boolean(), server_default='false', nullable=False))
    op.create_unique_constraint(op.f('uq_items_sku'), 'items', ['sku'])
    op.create_check_constraint(op.f('ck_items_sku'), 'items', "sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'")
    op.create_check_constraint(op.f('ck_items_image_url'), 'items', "image_url ~ '^(https:/)?/[!-~]+$'")
    op.create_table('stock_ledger',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('user_key', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=255), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint(KIND, name=op.f('ck_stock_ledger_kind')),
    sa.CheckConstraint("(kind IN ('sale', 'return')) = (session_key IS NOT NULL)", name=op.f('ck_stock_ledger_session_key')),
    sa.CheckConstraint("kind <> 'correction' OR reason IS NOT NULL", name=op.f('ck_stock_ledger_reason')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_stock_ledger_item_id_items')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_stock_ledger_session_key_payment_sessions')),
    sa.ForeignKeyConstraint(['user_key'], ['users.id'], name=op.f('fk_stock_ledger_user_key_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_ledger'))
    )
    op.create_index('ix_stock_ledger_item', 'stock_ledger', ['item_id', 'created_at', 'id'], unique=False)
    op.execute(APPEND_ONLY)
    # The new columns have locked items: whoever moves pieces has committed, or waits until these lines are there.
    op.execute(INITIAL)


def downgrade():
    op.drop_table('stock_ledger')
    op.execute('DROP FUNCTION IF EXISTS stock_ledger_append_only')
    op.drop_constraint(op.f('ck_items_image_url'), 'items')
    op.drop_constraint(op.f('ck_items_sku'), 'items')
    op.drop_constraint(op.f('uq_items_sku'), 'items')
    for column in ('tax_free', 'active', 'image_url', 'description', 'sku'):
        op.drop_column('items', column)
