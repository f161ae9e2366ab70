"""Comparison with PortOne

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-26 18:00:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('comparisons',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('number', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('comparison_id', sa.String(length=255), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('asked_by', sa.String(length=255), nullable=False),
    sa.Column('heal', sa.Boolean(), nullable=False),
    sa.Column('generations', sa.String(length=20), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('walk', sa.String(length=20), nullable=False),
    sa.Column('cursor', sa.String(length=500), server_default='', nullable=False),
    sa.Column('progress', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('calls', sa.Integer(), server_default='0', nullable=False),
    sa.Column('listed', sa.Integer(), server_default='0', nullable=False),
    sa.Column('counts', postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint("(ended_at IS NULL) = (walk <> 'end')", name=op.f('ck_comparisons_ended')),
    sa.CheckConstraint("scope IN ('full', 'webhooks')", name=op.f('ck_comparisons_scope')),
    sa.CheckConstraint("walk IN ('v1_payments', 'v2_payments', 'v2_events', 'ours', 'settle', 'webhooks', 'end')", name=op.f('ck_comparisons_walk')),
    sa.CheckConstraint('since < until', name=op.f('ck_comparisons_window')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comparisons')),
    sa.UniqueConstraint('comparison_id', name=op.f('uq_comparisons_comparison_id')),
    sa.UniqueConstraint('number', name=op.f('uq_comparisons_number'))
    )
    op.create_index('ix_comparisons_created', 'comparisons', ['created_at', 'id'], unique=False)
    op.create_index('ix_comparisons_dead', 'comparisons', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_comparisons_due', 'comparisons', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('uq_comparisons_scheduled', 'comparisons', ['scope', 'until'], unique=True, postgresql_where=sa.text("asked_by = 'schedule'"))
    op.create_table('comparison_sightings',
    sa.Column('comparison_key', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['comparison_key'], ['comparisons.id'], name=op.f('fk_comparison_sightings_comparison_key_comparisons')),
    sa.PrimaryKeyConstraint('comparison_key', 'provider_id', name=op.f('pk_comparison_sightings'))
    )
    op.create_table('comparison_findings',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('comparison_key', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('generation', sa.String(length=10), nullable=False),
    sa.Column('provider_id', sa.String(length=64), nullable=False),
    sa.Column('order_id', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=255), server_default='', nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=True),
    sa.Column('ours', sa.String(length=100), server_default='', nullable=False),
    sa.Column('theirs', sa.String(length=100), server_default='', nullable=False),
    sa.Column('amount', sa.Integer(), server_default='0', nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('asked_version', sa.Integer(), nullable=True),
    sa.Column('stage', sa.String(length=20), nullable=True),
    sa.Column('balance', sa.Integer(), nullable=True),
    sa.Column('refusal', sa.String(length=500), nullable=True),
    sa.Column('pg_provider', sa.String(length=50), server_default='', nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.CheckConstraint("kind IN ('missing_here', 'missing_there', 'status', 'amount', 'cancelled_amount', 'method', 'unknown', 'webhook_missing')", name=op.f('ck_comparison_findings_kind')),
    sa.CheckConstraint("stage IN ('requested', 'sent', 'succeeded', 'refused')", name=op.f('ck_comparison_findings_stage')),
    sa.CheckConstraint("stage IS NULL OR kind = 'unknown'", name=op.f('ck_comparison_findings_only_unknown_goes_back')),
    sa.CheckConstraint("state IN ('open', 'asked', 'healed')", name=op.f('ck_comparison_findings_state')),
    sa.ForeignKeyConstraint(['comparison_key'], ['comparisons.id'], name=op.f('fk_comparison_findings_comparison_key_comparisons')),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_comparison_findings_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comparison_findings')),
    sa.UniqueConstraint('number', name=op.f('uq_comparison_findings_number'))
    )
    op.create_index('ix_comparison_findings_dead', 'comparison_findings', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_comparison_findings_due', 'comparison_findings', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_comparison_findings_number', 'comparison_findings', ['comparison_key', 'number'], unique=False)
    op.create_index('uq_comparison_findings_once', 'comparison_findings', ['comparison_key', 'kind', 'provider_id', 'what'], unique=True)
    op.create_index('uq_comparison_findings_one_refund', 'comparison_findings', ['provider_id'], unique=True, postgresql_where=sa.text('stage IS NOT NULL'))
    op.create_index('ix_payment_cancellations_executed', 'payment_cancellations', ['decided_at', 'id'], unique=False, postgresql_where=sa.text("stage = 'succeeded'"))
    op.create_index('ix_payment_history_paid', 'payment_history', ['paid_at', 'id'], unique=False, postgresql_where=sa.text('paid_at IS NOT NULL'))


def downgrade():
    op.drop_index('ix_payment_history_paid', table_name='payment_history', postgresql_where=sa.text('paid_at IS NOT NULL'))
    op.drop_index('ix_payment_cancellations_executed', table_name='payment_cancellations', postgresql_where=sa.text("stage = 'succeeded'"))
    op.drop_index('uq_comparison_findings_one_refund', table_name='comparison_findings', postgresql_where=sa.text('stage IS NOT NULL'))
    op.drop_index('uq_comparison_findings_once', table_name='comparison_findings')
    op.drop_index('ix_comparison_findings_number', table_name='comparison_findings')
    op.drop_index('ix_comparison_findings_due', table_name='comparison_findings', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_index('ix_comparison_findings_dead', table_name='comparison_findings', postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.drop_table('comparison_findings')
    op.drop_table('comparison_sightings')
    op.drop_index('uq_comparisons_scheduled', table_name='comparisons', postgresql_where=sa.text("asked_by = 'schedule'"))
    op.drop_index('ix_comparisons_due', table_name='comparisons', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_index('ix_comparisons_dead', table_name='comparisons', postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.drop_index('ix_comparisons_created', table_name='comparisons')
    op.drop_table('comparisons')
