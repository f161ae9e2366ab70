"""cases that operators have acknowledged, and what workers count of their calls

Revision ID: 0027
Revises: 0026
Create Date: 2026-12-07 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('acknowledgements',
    sa.Column('row_key', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=30), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_key', sa.Uuid(), nullable=True),
    sa.Column('note', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['user_key'], ['users.id'], name=op.f('fk_acknowledgements_user_key_users')),
    sa.PrimaryKeyConstraint('row_key', 'reason', name=op.f('pk_acknowledgements'))
    )
    op.create_index(op.f('ix_acknowledgements_at'), 'acknowledgements', ['at'], unique=False)
    op.add_column('heartbeats', sa.Column('calls', postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade():
    op.drop_column('heartbeats', 'calls')
    op.drop_index(op.f('ix_acknowledgements_at'), table_name='acknowledgements')
    op.drop_table('acknowledgements')
