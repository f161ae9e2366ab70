"""orders by time and by their buyer's data

Revision ID: 0026
Revises: 0025
Create Date: 2026-12-06 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

BUYER_KNOWN = sa.text("buyer_erased_at IS NULL AND status <> 'created'")


def upgrade():
    op.create_index('ix_payment_sessions_created', 'payment_sessions', ['created_at', 'id'], unique=False)
    op.create_index('ix_payment_sessions_buyer_name', 'payment_sessions', [sa.text('lower(buyer_name COLLATE "C")')], unique=False, postgresql_where=BUYER_KNOWN)
    op.create_index('ix_payment_sessions_buyer_email', 'payment_sessions', [sa.text('lower(buyer_email COLLATE "C")')], unique=False, postgresql_where=BUYER_KNOWN)
    op.create_index('ix_payment_sessions_buyer_tel', 'payment_sessions', [sa.text("reverse(translate(buyer_tel COLLATE \"C\", '+- ', ''))")], unique=False, postgresql_where=BUYER_KNOWN)


def downgrade():
    op.drop_index('ix_payment_sessions_buyer_tel', table_name='payment_sessions', postgresql_where=BUYER_KNOWN)
    op.drop_index('ix_payment_sessions_buyer_email', table_name='payment_sessions', postgresql_where=BUYER_KNOWN)
    op.drop_index('ix_payment_sessions_buyer_name', table_name='payment_sessions', postgresql_where=BUYER_KNOWN)
    op.drop_index('ix_payment_sessions_created', table_name='payment_sessions')
