"""payments from end to end

Revision ID: 0001
Revises: 
Create Date: 2026-11-23 16:33:29.274008

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION payment_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment_events is append-only: write a new line instead';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payment_events
    FOR EACH ROW EXECUTE FUNCTION payment_events_append_only();
"""
"""The timeline is an audit log: updates and deletes are refused."""


def upgrade():
    op.create_table('heartbeats',
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeats'))
    )
    op.create_table('items',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('price > 0', name=op.f('ck_items_price_positive')),
    sa.CheckConstraint('stock >= 0', name=op.f('ck_items_stock_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_items'))
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=True),
    sa.Column('role', sa.String(length=20), server_default='buyer', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("role IN ('buyer', 'operator')", name=op.f('ck_users_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('username', name=op.f('uq_users_username'))
    )
    op.create_table('idempotency_keys',
    sa.Column('user_username', sa.String(length=255), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('status_code', sa.Integer(), nullable=False),
    sa.Column('location', sa.String(length=500), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['user_username'], ['users.username'], name=op.f('fk_idempotency_keys_user_username_users')),
    sa.PrimaryKeyConstraint('user_username', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_index('ix_idempotency_keys_created', 'idempotency_keys', ['created_at'], unique=False)
    op.create_table('payment_sessions',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('session_id', sa.String(length=255), nullable=False),
    sa.Column('merchant_uid', sa.String(length=255), nullable=False),
    sa.Column('user_username', sa.String(length=255), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('item_name', sa.String(length=255), nullable=False),
    sa.Column('unit_price', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=10), server_default='KRW', nullable=False),
    sa.Column('quantity', sa.Integer(), server_default='1', nullable=False),
    sa.Column('stock_held', sa.Integer(), server_default='0', nullable=False),
    sa.Column('status', sa.String(length=50), server_default='created', nullable=False),
    sa.Column('provider_status', sa.String(length=50), nullable=True),
    sa.Column('generation', sa.String(length=10), server_default='v1', nullable=False),
    sa.Column('pay_method', sa.String(length=20), nullable=True),
    sa.Column('buyer_name', sa.String(length=255), nullable=False),
    sa.Column('buyer_email', sa.String(length=255), nullable=False),
    sa.Column('buyer_tel', sa.String(length=255), nullable=False),
    sa.Column('buyer_addr', sa.String(length=500), nullable=True),
    sa.Column('buyer_postcode', sa.String(length=20), nullable=True),
    sa.Column('redirect_url', sa.String(length=500), nullable=True),
    sa.Column('imp_uid', sa.String(length=255), nullable=True),
    sa.Column('fail_reason', sa.String(length=500), nullable=True),
    sa.Column('vbank_code', sa.String(length=10), nullable=True),
    sa.Column('vbank_name', sa.String(length=50), nullable=True),
    sa.Column('vbank_number', sa.String(length=50), nullable=True),
    sa.Column('vbank_holder', sa.String(length=100), nullable=True),
    sa.Column('vbank_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_job', sa.String(length=30), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('watch_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint("status <> 'paid' OR (paid_at IS NOT NULL AND imp_uid IS NOT NULL)", name=op.f('ck_payment_sessions_paid')),
    sa.CheckConstraint("status IN ('created', 'prepared', 'verifying', 'awaiting_deposit', 'paid', 'partially_cancelled', 'cancelled', 'failed', 'mismatched', 'expired')", name=op.f('ck_payment_sessions_status')),
    sa.CheckConstraint('(due_at IS NULL) OR (next_job IS NOT NULL)', name=op.f('ck_payment_sessions_due_job')),
    sa.CheckConstraint('amount > 0 AND quantity > 0 AND amount = unit_price * quantity', name=op.f('ck_payment_sessions_amount')),
    sa.CheckConstraint('stock_held BETWEEN 0 AND quantity', name=op.f('ck_payment_sessions_stock_held')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_payment_sessions_item_id_items')),
    sa.ForeignKeyConstraint(['user_username'], ['users.username'], name=op.f('fk_payment_sessions_user_username_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_sessions')),
    sa.UniqueConstraint('merchant_uid', name=op.f('uq_payment_sessions_merchant_uid')),
    sa.UniqueConstraint('session_id', name=op.f('uq_payment_sessions_session_id'))
    )
    op.create_index('ix_payment_sessions_due', 'payment_sessions', ['next_job', 'due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_payment_sessions_user', 'payment_sessions', ['user_username', 'created_at', 'id'], unique=False)
    op.create_table('refresh_tokens',
    sa.Column('jti', sa.Uuid(), nullable=False),
    sa.Column('family', sa.Uuid(), nullable=False),
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['username'], ['users.username'], name=op.f('fk_refresh_tokens_username_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('jti', name=op.f('pk_refresh_tokens'))
    )
    op.create_index(op.f('ix_refresh_tokens_expires_at'), 'refresh_tokens', ['expires_at'], unique=False)
    op.create_index(op.f('ix_refresh_tokens_family'), 'refresh_tokens', ['family'], unique=False)
    op.create_table('payment_history',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('payment_id', sa.String(length=255), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('imp_uid', sa.String(length=255), nullable=False),
    sa.Column('merchant_uid', sa.String(length=255), nullable=False),
    sa.Column('user_username', sa.String(length=255), nullable=False),
    sa.Column('item_name', sa.String(length=255), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('cancelled_amount', sa.Integer(), server_default='0', nullable=False),
    sa.Column('currency', sa.String(length=10), nullable=False),
    sa.Column('sandbox', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('status', sa.String(length=50), nullable=False),
    sa.Column('provider_status', sa.String(length=50), nullable=False),
    sa.Column('verdict', sa.String(length=30), nullable=True),
    sa.Column('pay_method', sa.String(length=50), server_default='', nullable=False),
    sa.Column('pg_provider', sa.String(length=50), server_default='', nullable=False),
    sa.Column('receipt_url', sa.String(length=500), nullable=True),
    sa.Column('fail_reason', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('created', 'prepared', 'verifying', 'awaiting_deposit', 'paid', 'partially_cancelled', 'cancelled', 'failed', 'mismatched', 'expired')", name=op.f('ck_payment_history_status')),
    sa.CheckConstraint('cancelled_amount BETWEEN 0 AND amount', name=op.f('ck_payment_history_cancelled_amount')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_payment_history_session_key_payment_sessions')),
    sa.ForeignKeyConstraint(['user_username'], ['users.username'], name=op.f('fk_payment_history_user_username_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_history')),
    sa.UniqueConstraint('imp_uid', name=op.f('uq_payment_history_imp_uid')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_payment_history_payment_id'))
    )
    op.create_index(op.f('ix_payment_history_merchant_uid'), 'payment_history', ['merchant_uid'], unique=False)
    op.create_index('ix_payment_history_session', 'payment_history', ['session_key'], unique=False)
    op.create_index('ix_payment_history_user', 'payment_history', ['user_username', 'created_at', 'id'], unique=False)
    op.create_index('uq_payment_history_one_accepted', 'payment_history', ['session_key'], unique=True, postgresql_where=sa.text("verdict = 'accepted'"))
    op.create_table('webhook_deliveries',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('generation', sa.String(length=10), nullable=False),
    sa.Column('imp_uid', sa.String(length=64), nullable=False),
    sa.Column('merchant_uid', sa.String(length=64), nullable=False),
    sa.Column('event_status', sa.String(length=50), nullable=False),
    sa.Column('provider_cancellation_id', sa.String(length=255), server_default='', nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('content_type', sa.String(length=100), nullable=False),
    sa.Column('remote_address', sa.String(length=50), nullable=False),
    sa.Column('copies', sa.Integer(), server_default='1', nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'done', 'orphaned')", name=op.f('ck_webhook_deliveries_state')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_webhook_deliveries_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries'))
    )
    op.create_index('ix_webhook_deliveries_due', 'webhook_deliveries', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index(op.f('ix_webhook_deliveries_merchant_uid'), 'webhook_deliveries', ['merchant_uid'], unique=False)
    op.create_index('uq_webhook_deliveries_news', 'webhook_deliveries', ['generation', 'imp_uid', 'merchant_uid', 'event_status', 'provider_cancellation_id'], unique=True)
    op.create_table('payment_cancellations',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('number', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('cancellation_id', sa.String(length=255), nullable=False),
    sa.Column('payment_key', sa.Uuid(), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('refund_bank', sa.String(length=10), nullable=True),
    sa.Column('refund_number', sa.String(length=50), nullable=True),
    sa.Column('refund_holder', sa.String(length=50), nullable=True),
    sa.Column('refund_tel', sa.String(length=30), nullable=True),
    sa.Column('balance', sa.Integer(), nullable=True),
    sa.Column('refusal', sa.String(length=500), nullable=True),
    sa.Column('provider_cancellation_id', sa.String(length=255), nullable=True),
    sa.Column('receipt_url', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint("amount > 0 OR (kind = 'revoke' AND amount = 0)", name=op.f('ck_payment_cancellations_amount')),
    sa.CheckConstraint("kind IN ('refund', 'revoke')", name=op.f('ck_payment_cancellations_kind')),
    sa.CheckConstraint("stage IN ('needs_account', 'requested', 'sent', 'succeeded', 'refused')", name=op.f('ck_payment_cancellations_stage')),
    sa.ForeignKeyConstraint(['payment_key'], ['payment_history.id'], name=op.f('fk_payment_cancellations_payment_key_payment_history')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_payment_cancellations_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_cancellations')),
    sa.UniqueConstraint('cancellation_id', name=op.f('uq_payment_cancellations_cancellation_id')),
    sa.UniqueConstraint('number', name=op.f('uq_payment_cancellations_number'))
    )
    op.create_index('ix_payment_cancellations_due', 'payment_cancellations', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('uq_payment_cancellations_one_automatic', 'payment_cancellations', ['payment_key', 'kind'], unique=True, postgresql_where=sa.text("actor = 'system'"))
    op.create_index('uq_payment_cancellations_provider', 'payment_cancellations', ['payment_key', 'provider_cancellation_id'], unique=True, postgresql_where=sa.text('provider_cancellation_id IS NOT NULL'))
    op.create_table('payment_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('payment_key', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('from_status', sa.String(length=50), nullable=True),
    sa.Column('to_status', sa.String(length=50), nullable=True),
    sa.Column('amount', sa.Integer(), server_default='0', nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('provider_status', sa.String(length=50), nullable=True),
    sa.Column('detail', sa.String(length=500), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['payment_key'], ['payment_history.id'], name=op.f('fk_payment_events_payment_key_payment_history')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_payment_events_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_events'))
    )
    op.create_index('ix_payment_events_session', 'payment_events', ['session_key', 'id'], unique=False)
    op.create_table('inventory_entries',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('user_username', sa.String(length=255), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('item_name', sa.String(length=255), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=False),
    sa.Column('cancellation_key', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(kind = 'grant' AND quantity > 0) OR (kind = 'return' AND quantity < 0)", name=op.f('ck_inventory_entries_kind')),
    sa.ForeignKeyConstraint(['cancellation_key'], ['payment_cancellations.id'], name=op.f('fk_inventory_entries_cancellation_key_payment_cancellations')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_inventory_entries_item_id_items')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_inventory_entries_session_key_payment_sessions')),
    sa.ForeignKeyConstraint(['user_username'], ['users.username'], name=op.f('fk_inventory_entries_user_username_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_entries')),
    sa.UniqueConstraint('cancellation_key', name=op.f('uq_inventory_entries_cancellation_key'))
    )
    op.create_index('ix_inventory_entries_session', 'inventory_entries', ['session_key'], unique=False)
    op.create_index('ix_inventory_entries_user', 'inventory_entries', ['user_username', 'item_id'], unique=False)
    op.create_index('uq_inventory_entries_one_grant', 'inventory_entries', ['session_key'], unique=True, postgresql_where=sa.text("kind = 'grant'"))
    op.create_index('ix_payment_sessions_dead', 'payment_sessions', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_payment_sessions_mismatched', 'payment_sessions', ['id'], unique=False, postgresql_where=sa.text("status = 'mismatched'"))
    op.create_index('ix_payment_cancellations_dead', 'payment_cancellations', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_payment_cancellations_needs_account', 'payment_cancellations', ['id'], unique=False, postgresql_where=sa.text("stage = 'needs_account'"))
    op.create_index('ix_webhook_deliveries_dead', 'webhook_deliveries', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_webhook_deliveries_orphaned', 'webhook_deliveries', ['id'], unique=False, postgresql_where=sa.text("state = 'orphaned'"))
    op.execute(APPEND_ONLY)


def downgrade():
    op.drop_index('uq_inventory_entries_one_grant', table_name='inventory_entries', postgresql_where=sa.text("kind = 'grant'"))
    op.drop_index('ix_inventory_entries_user', table_name='inventory_entries')
    op.drop_index('ix_inventory_entries_session', table_name='inventory_entries')
    op.drop_table('inventory_entries')
    op.drop_index('ix_payment_events_session', table_name='payment_events')
    op.drop_table('payment_events')
    op.drop_index('uq_payment_cancellations_provider', table_name='payment_cancellations', postgresql_where=sa.text('provider_cancellation_id IS NOT NULL'))
    op.drop_index('uq_payment_cancellations_one_automatic', table_name='payment_cancellations', postgresql_where=sa.text("actor = 'system'"))
    op.drop_index('ix_payment_cancellations_due', table_name='payment_cancellations', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_table('payment_cancellations')
    op.drop_index('uq_webhook_deliveries_news', table_name='webhook_deliveries')
    op.drop_index(op.f('ix_webhook_deliveries_merchant_uid'), table_name='webhook_deliveries')
    op.drop_index('ix_webhook_deliveries_due', table_name='webhook_deliveries', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_table('webhook_deliveries')
    op.drop_index('uq_payment_history_one_accepted', table_name='payment_history', postgresql_where=sa.text("verdict = 'accepted'"))
    op.drop_index('ix_payment_history_user', table_name='payment_history')
    op.drop_index('ix_payment_history_session', table_name='payment_history')
    op.drop_index(op.f('ix_payment_history_merchant_uid'), table_name='payment_history')
    op.drop_table('payment_history')
    op.drop_index(op.f('ix_refresh_tokens_family'), table_name='refresh_tokens')
    op.drop_index(op.f('ix_refresh_tokens_expires_at'), table_name='refresh_tokens')
    op.drop_table('refresh_tokens')
    op.drop_index('ix_payment_sessions_user', table_name='payment_sessions')
    op.drop_index('ix_payment_sessions_due', table_name='payment_sessions', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_table('payment_sessions')
    op.drop_index('ix_idempotency_keys_created', table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_table('users')
    op.drop_table('items')
    op.drop_table('heartbeats')
    op.execute("DROP FUNCTION IF EXISTS payment_events_append_only")
