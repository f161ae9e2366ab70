"""logins and second factors

A login becomes a row, which its refresh tokens belong to: where and when it was used, and whether it passed a second
factor. Logins of before begin with this migration, because their time was not stored. Second factors keep an encrypted
secret, and hashes of recovery codes. Processes of the release before cannot log anybody in after this migration: they
add refresh tokens without a login.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-29 09:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

LOGINS_OF_BEFORE = """
    INSERT INTO logins (id, username, created_at, last_used_at, expires_at)
    SELECT family, min(username), now(), now(), max(expires_at) FROM refresh_tokens GROUP BY family"""


def upgrade():
    op.create_table('logins',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('user_agent', sa.String(length=200), nullable=True),
    sa.Column('second_factor', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['username'], ['users.username'], name=op.f('fk_logins_username_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logins'))
    )
    op.create_index(op.f('ix_logins_expires_at'), 'logins', ['expires_at'])
    op.create_index(op.f('ix_logins_username'), 'logins', ['username'])
    op.execute('LOCK TABLE refresh_tokens IN SHARE ROW EXCLUSIVE MODE')
    op.execute(LOGINS_OF_BEFORE)
    op.create_foreign_key(op.f('fk_refresh_tokens_family_logins'), 'refresh_tokens', 'logins', ['family'], ['id'], ondelete='CASCADE')
    op.create_table('second_factors',
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['username'], ['users.username'], name=op.f('fk_second_factors_username_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('username', name=op.f('pk_second_factors'))
    )
    op.create_table('recovery_codes',
    sa.Column('username', sa.String(length=255), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['username'], ['second_factors.username'], name=op.f('fk_recovery_codes_username_second_factors'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('username', 'code_hash', name=op.f('pk_recovery_codes'))
    )


def downgrade():
    op.drop_table('recovery_codes')
    op.drop_table('second_factors')
    op.drop_constraint(op.f('fk_refresh_tokens_family_logins'), 'refresh_tokens', type_='foreignkey')
    op.drop_table('logins')
