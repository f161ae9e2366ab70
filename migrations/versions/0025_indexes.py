"""due messages by endpoint, and items for sale by name

Revision ID: 0025
Revises: 0024
Create Date: 2026-12-05 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_outbound_messages_waiting', 'outbound_messages', ['destination', 'due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_items_for_sale', 'items', ['name', 'id'], unique=False, postgresql_where=sa.text('active'))


def downgrade():
    op.drop_index('ix_items_for_sale', table_name='items', postgresql_where=sa.text('active'))
    op.drop_index('ix_outbound_messages_waiting', table_name='outbound_messages', postgresql_where=sa.text('due_at IS NOT NULL'))
