"""what was logged as an error; when a webhook was finished

Revision ID: 0019
Revises: 0018
Create Date: 2026-12-01 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('logged_errors',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('event', sa.String(length=100), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('logger', sa.String(length=100), nullable=False),
    sa.Column('process', sa.String(length=10), nullable=False),
    sa.Column('host', sa.String(length=80), nullable=False),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('traceback', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logged_errors'))
    )
    op.create_index('ix_logged_errors_created', 'logged_errors', ['created_at', 'id'], unique=False)
    op.create_index('ix_logged_errors_event', 'logged_errors', ['event', 'created_at', 'id'], unique=False)
    op.create_table('logged_error_counts',
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.Column('event', sa.String(length=100), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('dropped', sa.BigInteger(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('hour', 'event', name=op.f('pk_logged_error_counts'))
    )
    op.add_column('webhook_deliveries', sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_webhook_deliveries_received', 'webhook_deliveries', ['received_at', 'id'], unique=False)
    op.create_index('ix_webhook_deliveries_pending', 'webhook_deliveries', ['received_at', 'id'], unique=False, postgresql_where=sa.text("state = 'pending'"))


def downgrade():
    op.drop_index('ix_webhook_deliveries_pending', table_name='webhook_deliveries', postgresql_where=sa.text("state = 'pending'"))
    op.drop_index('ix_webhook_deliveries_received', table_name='webhook_deliveries')
    op.drop_column('webhook_deliveries', 'finished_at')
    op.drop_table('logged_error_counts')
    op.drop_index('ix_logged_errors_event', table_name='logged_errors')
    op.drop_index('ix_logged_errors_created', table_name='logged_errors')
    op.drop_table('logged_errors')
