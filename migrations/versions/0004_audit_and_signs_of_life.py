"""audit and signs of life

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 18:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column('heartbeats', 'name', type_=sa.String(length=120), existing_nullable=False)


def downgrade():
    op.execute('DELETE FROM heartbeats WHERE length(name) > 30')
    op.alter_column('heartbeats', 'name', type_=sa.String(length=30), existing_nullable=False)
