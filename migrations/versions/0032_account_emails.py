"""e-mail addresses of users, secrets that were mailed to them, and an index of erased users

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-30 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('account_emails',
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('address_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('lookup', sa.LargeBinary(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['username'], ['users.username'], name=op.f('fk_account_emails_username_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('username', name=op.f('pk_account_emails'))
    )
    op.create_index(op.f('ix_account_emails_lookup'), 'account_emails', ['lookup'], unique=False)
    op.create_table('account_codes',
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=True),
    sa.Column('address_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('bound_to', sa.LargeBinary(), nullable=True),
    sa.Column('failures', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('email', 'password')", name=op.f('ck_account_codes_purpose')),
    sa.ForeignKeyConstraint(['username'], ['users.username'], name=op.f('fk_account_codes_username_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('username', 'purpose', name=op.f('pk_account_codes')),
    sa.UniqueConstraint('hash', name=op.f('uq_account_codes_hash'))
    )
    op.create_index(op.f('ix_account_codes_expires_at'), 'account_codes', ['expires_at'], unique=False)
    op.add_column('users', sa.Column('former_name', sa.LargeBinary(), nullable=True))
    op.create_index('ix_users_former_name', 'users', ['former_name'], unique=False, postgresql_where=sa.text('former_name IS NOT NULL'))
    op.create_index('ix_users_erased', 'users', ['erased_at'], unique=False, postgresql_where=sa.text('erased_at IS NOT NULL'))


def downgrade():
    op.drop_index('ix_users_erased', table_name='users')
    op.drop_index('ix_users_former_name', table_name='users')
    op.drop_column('users', 'former_name')
    op.drop_table('account_codes')
    op.drop_table('account_emails')
