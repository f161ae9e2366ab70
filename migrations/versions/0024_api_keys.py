"""API keys of the shop's servers, and the shop's own numbers of orders

The indexes of payment_history are built in the transaction: payments wait until they are there.

Revision ID: 0024
Revises: 0023
Create Date: 2026-12-04 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('api_keys',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('shown', sa.String(length=20), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('scopes', postgresql.ARRAY(sa.String(length=40)), nullable=False),
    sa.Column('environment', sa.String(length=10), nullable=False),
    sa.Column('user_key', sa.Uuid(), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("environment IN ('live', 'test')", name=op.f('ck_api_keys_environment')),
    sa.ForeignKeyConstraint(['user_key'], ['users.id'], name=op.f('fk_api_keys_user_key_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('hash', name=op.f('uq_api_keys_hash')),
    sa.UniqueConstraint('name', name=op.f('uq_api_keys_name'))
    )
    op.create_index('ix_api_keys_created', 'api_keys', ['created_at', 'id'], unique=False)
    op.create_table('api_key_idempotency_keys',
    sa.Column('api_key', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('status_code', sa.Integer(), nullable=False),
    sa.Column('location', sa.String(length=500), nullable=True),
    sa.Column('body_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['api_key'], ['api_keys.name'], name=op.f('fk_api_key_idempotency_keys_api_key_api_keys')),
    sa.PrimaryKeyConstraint('api_key', 'key', name=op.f('pk_api_key_idempotency_keys'))
    )
    op.create_index('ix_api_key_idempotency_keys_created', 'api_key_idempotency_keys', ['created_at'], unique=False)
    op.create_index('ix_users_people', 'users', ['created_at', 'id'], unique=False, postgresql_where=sa.text("username NOT LIKE 'guest:%'"))
    op.add_column('items', sa.Column('unlisted', sa.Boolean(), server_default='false', nullable=False))
    op.create_check_constraint(op.f('ck_items_unlisted'), 'items', 'NOT (unlisted AND (active OR sku IS NOT NULL OR stock IS NOT NULL))')
    op.create_index('ix_items_listed', 'items', ['created_at', 'id'], unique=False, postgresql_where=sa.text('NOT unlisted'))
    op.add_column('payment_sessions', sa.Column('reference', sa.String(length=100), nullable=True))
    op.create_index('ix_payment_sessions_reference', 'payment_sessions', ['reference', 'created_at', 'id'], unique=False, postgresql_where=sa.text('reference IS NOT NULL'))
    op.add_column('payment_history', sa.Column('reference', sa.String(length=100), nullable=True))
    op.create_index('ix_payment_history_reference', 'payment_history', ['reference', 'created_at', 'id'], unique=False, postgresql_where=sa.text('reference IS NOT NULL'))
    op.create_index('ix_payment_history_created', 'payment_history', ['created_at', 'id'], unique=False)
    op.create_index('ix_payment_history_status', 'payment_history', ['status', 'created_at', 'id'], unique=False)


def downgrade():
    op.drop_index('ix_payment_history_status', table_name='payment_history')
    op.drop_index('ix_payment_history_created', table_name='payment_history')
    op.drop_column('payment_history', 'reference')
    op.drop_column('payment_sessions', 'reference')
    op.drop_index('ix_items_listed', table_name='items')
    op.drop_constraint(op.f('ck_items_unlisted'), 'items')
    op.drop_column('items', 'unlisted')
    op.drop_index('ix_users_people', table_name='users')
    op.drop_table('api_key_idempotency_keys')
    op.drop_table('api_keys')
