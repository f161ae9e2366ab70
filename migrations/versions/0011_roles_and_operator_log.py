"""roles and operator log

An operator could do everything; now there are roles, and operators of before are admins. Processes of the release before go on
working, but refuse operators until they are replaced. A downgrade makes admins operators and everybody else a buyer, so that nobody
gets more rights by it.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-29 10:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ROLES = ('buyer', 'viewer', 'support', 'finance', 'admin')

APPEND_ONLY = """
CREATE FUNCTION operator_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'operator_log is append-only: write a new line instead';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON operator_log
    FOR EACH ROW EXECUTE FUNCTION operator_log_append_only();
"""


def one_of(column, values):
    words = ', '.join(f"'{word}'" for word in values)
    return f'{column} IN ({words})'


def upgrade():
    op.drop_constraint(op.f('ck_users_role'), 'users')
    op.execute("UPDATE users SET role = 'admin' WHERE role = 'operator'")
    op.create_check_constraint(op.f('ck_users_role'), 'users', one_of('role', ROLES))
    op.add_column('users', sa.Column('role_limit', sa.String(length=20), nullable=True))
    op.add_column('users', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f('ck_users_role_limit'), 'users', one_of('role_limit', ROLES))
    op.create_index('ix_users_created', 'users', ['created_at', 'id'])
    op.create_table('operator_log',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('who', sa.String(length=255), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=True),
    sa.Column('entry_point', sa.String(length=10), nullable=False),
    sa.Column('action', sa.String(length=30), nullable=False),
    sa.Column('whom_key', sa.Uuid(), nullable=True),
    sa.Column('what_kind', sa.String(length=30), nullable=True),
    sa.Column('what_id', sa.String(length=64), nullable=True),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('request_id', sa.String(length=64), nullable=True),
    sa.Column('detail', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint(one_of('role', ROLES), name=op.f('ck_operator_log_role')),
    sa.CheckConstraint(one_of('entry_point', ('http', 'terminal')), name=op.f('ck_operator_log_entry_point')),
    sa.ForeignKeyConstraint(['whom_key'], ['users.id'], name=op.f('fk_operator_log_whom_key_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator_log'))
    )
    op.create_index('ix_operator_log_created', 'operator_log', ['created_at', 'id'])
    op.create_index('ix_operator_log_who', 'operator_log', ['who', 'created_at', 'id'])
    op.create_index('ix_operator_log_whom', 'operator_log', ['whom_key', 'created_at', 'id'])
    op.execute(APPEND_ONLY)


def downgrade():
    op.drop_table('operator_log')
    op.execute('DROP FUNCTION IF EXISTS operator_log_append_only')
    op.drop_index('ix_users_created', table_name='users')
    op.drop_constraint(op.f('ck_users_role_limit'), 'users')
    op.drop_column('users', 'erased_at')
    op.drop_column('users', 'role_limit')
    op.drop_constraint(op.f('ck_users_role'), 'users')
    op.execute("UPDATE users SET role = CASE WHEN role = 'admin' THEN 'operator' ELSE 'buyer' END WHERE role <> 'buyer'")
    op.create_check_constraint(op.f('ck_users_role'), 'users', one_of('role', ('buyer', 'operator')))
