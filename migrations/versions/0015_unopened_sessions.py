"""a shorter deadline before the payment window is opened; webhooks of unknown orders by age

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-29 11:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_sessions', sa.Column('window_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('payment_sessions', sa.Column('held_since', sa.DateTime(timezone=True), nullable=True))
    op.drop_index('ix_webhook_deliveries_orphaned', table_name='webhook_deliveries')
    op.create_index('ix_webhook_deliveries_unknown', 'webhook_deliveries', ['received_at', 'id'], postgresql_where=sa.text("state IN ('orphaned', 'ignored')"))


def downgrade():
    op.drop_index('ix_webhook_deliveries_unknown', table_name='webhook_deliveries')
    op.create_index('ix_webhook_deliveries_orphaned', 'webhook_deliveries', ['id'], postgresql_where=sa.text("state = 'orphaned'"))
    # Sessions that were opened for a short time keep it.
    op.drop_column('payment_sessions', 'held_since')
    op.drop_column('payment_sessions', 'window_until')
