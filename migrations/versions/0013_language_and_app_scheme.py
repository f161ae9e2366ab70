"""language and app scheme of a session

The language of the buyer, in which the payment window opens, and the URL scheme of the shop's app that it returns to.
Sessions that exist were opened in Korean.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29 10:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('payment_sessions', sa.Column('language', sa.String(length=10), server_default='ko', nullable=False))
    op.add_column('payment_sessions', sa.Column('app_scheme', sa.String(length=100), nullable=True))


def downgrade():
    op.drop_column('payment_sessions', 'app_scheme')
    op.drop_column('payment_sessions', 'language')
