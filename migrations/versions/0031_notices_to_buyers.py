"""notices to buyers

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-30 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('outbound_messages', sa.Column('session_key', sa.Uuid(), nullable=True))
    op.create_index('ix_outbound_messages_notices', 'outbound_messages', ['session_key', 'created_at'], unique=False, postgresql_where=sa.text('session_key IS NOT NULL'))


def downgrade():
    op.execute('DELETE FROM outbound_messages WHERE session_key IS NOT NULL')
    op.drop_index('ix_outbound_messages_notices', table_name='outbound_messages', postgresql_where=sa.text('session_key IS NOT NULL'))
    op.drop_column('outbound_messages', 'session_key')
