"""PortOne V2

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-24 20:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NEWS = ['generation', 'imp_uid', 'merchant_uid', 'event_status', 'provider_cancellation_id']


def upgrade():
    op.add_column('payment_cancellations', sa.Column('round', sa.SmallInteger(), server_default='0', nullable=False))
    op.create_check_constraint('generation', 'payment_sessions', "generation IN ('v1', 'v2')")
    op.add_column('webhook_deliveries', sa.Column('delivery_id', sa.String(length=255), server_default='', nullable=False))
    op.drop_index('uq_webhook_deliveries_news', table_name='webhook_deliveries')
    op.create_index('uq_webhook_deliveries_news', 'webhook_deliveries', [*NEWS, 'delivery_id'], unique=True)
    op.drop_constraint('state', 'webhook_deliveries', type_='check')
    op.create_check_constraint('state', 'webhook_deliveries', "state IN ('pending', 'done', 'orphaned', 'ignored')")


def downgrade():
    op.execute("DELETE FROM webhook_deliveries WHERE state = 'ignored' OR delivery_id <> ''")
    op.drop_constraint('state', 'webhook_deliveries', type_='check')
    op.create_check_constraint('state', 'webhook_deliveries', "state IN ('pending', 'done', 'orphaned')")
    op.drop_index('uq_webhook_deliveries_news', table_name='webhook_deliveries')
    op.create_index('uq_webhook_deliveries_news', 'webhook_deliveries', NEWS, unique=True)
    op.drop_column('webhook_deliveries', 'delivery_id')
    op.drop_constraint('generation', 'payment_sessions', type_='check')
    op.drop_column('payment_cancellations', 'round')
