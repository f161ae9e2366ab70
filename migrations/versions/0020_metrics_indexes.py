"""an index of automatic refunds that were refused, which metrics count at each scrape

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-29 13:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_payment_cancellations_refused_refunds', 'payment_cancellations', ['payment_key'], postgresql_where=sa.text("stage = 'refused' AND origin = 'system' AND kind = 'refund'"))


def downgrade():
    op.drop_index('ix_payment_cancellations_refused_refunds', table_name='payment_cancellations')
