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
    op.create_table('audit_runs',
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_line', sa.BigInteger(), server_default='0', nullable=False),
    sa.CheckConstraint("scope IN ('recent', 'full')", name=op.f('ck_audit_runs_scope')),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_audit_runs'))
    )
    op.create_table('audit_findings',
    sa.Column('invariant', sa.String(length=60), nullable=False),
    sa.Column('row_name', sa.String(length=255), nullable=False),
    sa.Column('session_key', sa.Uuid(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_key'], ['payment_sessions.id'], name=op.f('fk_audit_findings_session_key_payment_sessions')),
    sa.PrimaryKeyConstraint('invariant', 'row_name', name=op.f('pk_audit_findings'))
    )
    op.create_index('ix_payment_cancellations_payment', 'payment_cancellations', ['payment_key', 'number'], unique=False)
    op.create_index('ix_payment_cancellations_undecided', 'payment_cancellations', ['id'], unique=False, postgresql_where=sa.text("stage IN ('needs_account', 'requested', 'sent')"))


def downgrade():
    op.drop_index('ix_payment_cancellations_undecided', table_name='payment_cancellations')
    op.drop_index('ix_payment_cancellations_payment', table_name='payment_cancellations')
    op.drop_table('audit_findings')
    op.drop_table('audit_runs')
    op.execute('DELETE FROM heartbeats WHERE length(name) > 30')
    op.alter_column('heartbeats', 'name', type_=sa.String(length=30), existing_nullable=False)
