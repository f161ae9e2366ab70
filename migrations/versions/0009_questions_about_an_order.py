"""questions about an order

How often webhooks made us ask PortOne about an order lately, and until when further ones wait.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-29 06:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_sessions', sa.Column('webhooks_wait_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('payment_sessions', sa.Column('webhook_questions', sa.SmallInteger(), server_default='0', nullable=False))
    op.add_column('payment_sessions', sa.Column('webhook_questions_since', sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column('payment_sessions', 'webhook_questions_since')
    op.drop_column('payment_sessions', 'webhook_questions')
    op.drop_column('payment_sessions', 'webhooks_wait_until')
