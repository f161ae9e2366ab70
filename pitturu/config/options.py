"""Every setting: its environment variable, unit, default and the reason for the default."""

from dataclasses import dataclass
from datetime import timedelta

from pitturu.config import sources
from pitturu.config.fields import SECOND, Network, Rate, option
from pitturu.config.message_options import MessageOptions
from pitturu.domain.consents import Consent
from pitturu.domain.decision.cash_receipt import ReceiptCorrection
from pitturu.domain.provider import Generation
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.domain.verdict import Environment


@dataclass(frozen=True, repr=False)
class Options(MessageOptions):
    """One field per setting; the environment variable has the same name in capitals. Durations are in seconds."""

    # Where it runs
    pitturu_env: str = option("production", "development | production; the default is the strict one")
    database_url: str = option("", "Postgres >= 14; postgres:// is understood")
    database_pool: int = option(20, "connections per process for transactions; ten more at most for single statements")
    database_pooler: str = option("none", "none | transaction: the pooling of a PgBouncer in between")
    database_replica_url: str = option("", "a streaming replica of database_url; buyers' histories are read from it")
    pgsslmode: str = option("", "libpq's sslmode where an address has none: for platforms that set DATABASE_URL")
    redis_url: str = option(
        "", "Redis >= 6.2 or Valkey >= 7.2, also behind Sentinels; its data may be lost at any time"
    )
    redis_cert_reqs: str = option("required", "required | none: of rediss:// without ssl_cert_reqs in redis_url")
    broker_url: str = option("", "what transports wake-ups: Redis, RabbitMQ (amqp://) or SQS; empty is redis_url")
    secret_key: str = option("", "signs page cursors, chooses traces; at least 32 characters", source=sources.RANDOM)
    jwt_secret_key: str = option("", "signs access and refresh tokens; at least 32 characters", source=sources.RANDOM)
    jwt_old_secret_key: str = option("", "the key before, while it is being changed: its tokens stay valid")
    data_keys: tuple[str, ...] = option(
        (), "encrypt personal data: the first encrypts, all decrypt; comma separated", source=sources.DATA_KEY
    )
    public_url: str = option("", "this service as PortOne and browsers reach it, e.g. https://pay.example.com")
    log_level: str = option("INFO", "DEBUG | INFO | WARNING | ERROR")

    # Processes; gunicorn.conf.py and the Procfile read these by themselves, after they were checked here
    bind_host: str = option("0.0.0.0", "where web and metrics listen; 127.0.0.1 behind a proxy on the same machine")  # noqa: S104 -- a container's way.
    port: int = option(8080, "the port of the web; platforms set it", most=65_535)
    web_concurrency: int = option(2, "web processes; while one restarts the other one serves requests")
    web_connections: int = option(1000, "of one web process; half of them may wait in long polls")
    worker_concurrency: int = option(16, "threads of one worker process; they mostly wait for PortOne")

    # PortOne
    portone_generation: Generation = option(Generation.V1, "v1 | v2: the generation of sessions that do not choose one")
    portone_environment: Environment = option(Environment.LIVE, "live | test: which channels' payments count as real")
    portone_connect_timeout: timedelta = option(5 * SECOND, "a healthy TCP and TLS handshake takes far less")
    portone_read_timeout: timedelta = option(30 * SECOND, "a cancel waits for the PG; PortOne's own clients allow 30 s")
    portone_concurrency: int = option(200, "calls in flight per worker process; each is a thread that mostly waits")
    portone_batch: int = option(50, "orders that V1 is asked about in one call; 0 asks about each alone", 0, most=100)

    pay_methods: tuple[str, ...] = option(
        (),
        "offered to buyers, in this order; empty is card, kakaopay, trans, vbank, phone and every other with a channel",
    )
    card_installments: tuple[str, ...] = option(
        (),
        "months=won: offered from that amount on, at least 50000; none offers no instalments, empty lets the PG decide",
    )
    escrow_methods: tuple[str, ...] = option(
        (), "trans, vbank: paid through escrow, where the contract with the PG has it; comma separated"
    )
    escrow_sender_name: str = option("", "who sends the goods of escrow payments, for the PG")
    escrow_sender_tel: str = option("", "the sender's telephone number")
    escrow_sender_address: str = option("", "the sender's address")
    escrow_sender_postcode: str = option("", "the sender's postcode")
    naverpay_category: str = option(
        "PRODUCT:GENERAL", "Naver Pay's type and category of what is sold, for its own window; from its contract"
    )

    # PortOne V1; served when its two keys are set
    portone_base_url: str = option("https://api.iamport.kr", "PortOne V1's REST API")
    portone_api_key: str = option("", "REST API key (imp_key)", source=sources.V1_API)
    portone_api_secret: str = option("", "REST API secret (imp_secret)", source=sources.V1_API)
    portone_user_code: str = option(
        "", "merchant identification code for IMP.init, e.g. imp12345678", source=sources.USER_CODE
    )
    portone_script_url: str = option("https://cdn.iamport.kr/v1/iamport.js", "the browser SDK that the checkout loads")
    portone_inicis_api_key: str = option(
        "", "KG Inicis' own API key, from its merchant administration: without it no virtual account is withdrawn"
    )
    portone_pg: str = option("html5_inicis", "PG of every method that portone_channels does not name")
    portone_channels: tuple[tuple[str, str], ...] = option((), "method=channelKey or method=pg:code, comma separated")

    # PortOne V2; served when its secret is set
    portone_v2_base_url: str = option("https://api.portone.io", "PortOne V2's REST API")
    portone_v2_api_secret: str = option("", "API secret", source=sources.V2_API)
    portone_v2_store_id: str = option("", "the store, store-...; the browser needs it", source=sources.STORE_ID)
    portone_v2_channel_key: str = option(
        "", "channel key of every method that portone_v2_channels does not name", source=sources.CHANNEL_KEY
    )
    portone_v2_channels: tuple[tuple[str, str], ...] = option((), "method=channelKey, comma separated")
    portone_v2_webhook_secrets: tuple[str, ...] = option(
        (),
        "whsec_...; two while they are being changed, comma separated. V2's webhooks are refused without",
        source=sources.V2_WEBHOOK,
    )
    portone_v2_script_url: str = option("https://cdn.portone.io/v2/browser-sdk.js", "the browser SDK of V2 checkouts")
    portone_v2_confirm: str = option("off", "on | off: the confirm process; PortOne enables it for a store on request")

    # Time, one chain: connect and read timeout < soft limit < hard limit < lease < visibility timeout < 3 h
    task_soft_limit: timedelta = option(45 * SECOND, "a call to PortOne and storing its answer end before this")
    task_hard_limit: timedelta = option(60 * SECOND, "Celery ends a task here, in pools that can")
    lease: timedelta = option(90 * SECOND, "after this, another worker takes over a dead one's row")
    visibility_timeout: timedelta = option(3600 * SECOND, "Redis redelivers an unacknowledged wake-up after this")
    sweep_interval: timedelta = option(3 * SECOND, "how late a row can be noticed when its wake-up was lost")
    due_limit: timedelta = option(300 * SECOND, "a row overdue for longer turns /readyz red")
    worker_silence: timedelta = option(120 * SECOND, "a worker or beat without messages for this long ends itself")
    audit_interval: timedelta = option(600 * SECOND, "how often the invariants are checked automatically")

    # Rules of the shop
    session_ttl: timedelta = option(1800 * SECOND, "how long a checkout holds its stock once its window was opened")
    unopened_session_ttl: timedelta = option(
        600 * SECOND, "how long before, at most session_ttl: whoever never opens the window keeps it from others"
    )
    open_sessions_per_user: int = option(
        5, "unpaid checkouts that one user may have at once, one of an item; each holds stock for session_ttl"
    )
    late_look: timedelta = option(
        3600 * SECOND, "one more question this long after the deadline, in case a webhook was lost"
    )
    deposit_recheck: timedelta = option(900 * SECOND, "V1 sends a deposit webhook once; we ask this often as well")
    deposit_grace: timedelta = option(3600 * SECOND, "a bank may report a deposit after the account's deadline")
    window_languages: tuple[str, ...] = option(("ko", "en"), "of windows whose channel key does not tell the PG")
    vbank_due: timedelta = option(3 * 86400 * SECOND, "deadline of a virtual account, counted from the checkout")
    late_payment: str = option("accept", "accept | refund money that comes after a session was closed")
    unknown_payment: UnknownPaymentPolicy = option(
        UnknownPaymentPolicy.KEEP,
        "keep | refund payments of unknown orders, perhaps of other systems",
    )
    cancel_window: timedelta = option(
        7 * 86400 * SECOND,
        "how long buyers may cancel or return, from delivery, or payment if nothing is shipped; law: 7 days",
    )
    cancel_approval_above: int = option(
        1_000_000, "won of one payment that one operator may refund; above it a second one approves", 0
    )
    retain_unpaid: timedelta = option(90 * 86400 * SECOND, "how long data of buyers who never paid is kept")
    retain_paid: timedelta = option(1827 * 86400 * SECOND, "the same after the last payment or refund: law, five years")

    # Cash receipts of bank transfers and virtual accounts
    cash_receipt_in_window: str = option(
        "on", "on | off: V2's window gets whom the receipt is for; V1's has no parameter for it"
    )
    cash_receipt_correction: ReceiptCorrection = option(
        ReceiptCorrection.REPORT,
        "report | reissue | pg: after a partial refund, where PortOne documents nothing of the PG",
    )
    cash_receipt_self_issue_from: int = option(
        0, "won from which a receipt is issued though no buyer asked; 0 never; law, of some businesses: 100000", 0
    )
    cash_receipt_shop_number: str = option("", "the shop's business registration number, where the PG wants it")
    cash_receipt_shop_name: str = option("", "the shop's name on receipts, where the PG wants it")
    cash_receipt_shop_tel: str = option("", "the shop's telephone number on receipts, where the PG wants it")

    # Reconciliation with PortOne
    comparison_interval: timedelta = option(86400 * SECOND, "how often; counted from midnight in Korea")
    comparison_delay: timedelta = option(4 * 3600 * SECOND, "after midnight, when the PGs' nightly processing is over")
    comparison_window: timedelta = option(
        7 * 86400 * SECOND, "how far back each looks: V1 lists a partial cancel under the day of the payment"
    )
    comparison_rate: int = option(2, "calls to PortOne a second; it publishes no limit, and buyers come first")
    access_token_ttl: timedelta = option(900 * SECOND, "an access token cannot be revoked, so it is short")
    refresh_token_ttl: timedelta = option(30 * 86400 * SECOND, "rotated on every use")
    client_token_ttl: timedelta = option(
        3600 * SECOND, "of a browser's token for one session: a checkout takes session_ttl, and the answer minutes"
    )
    operator_second_factor: str = option(
        "", "required | optional for operators; empty is required in production and optional in development"
    )

    # HTTP
    cors_origins: tuple[str, ...] = option((), "origins of the shop's frontend, comma separated")
    storefront: str = option(
        "on", "on | console | off: which pages we serve; a shop with its own frontend keeps the operators' console"
    )
    checkout_hosts: tuple[str, ...] = option(
        (
            *("https://*.iamport.kr", "https://*.iamport.co", "https://*.portone.io"),
            *("https://*.inicis.com", "https://*.kakaopay.com", "https://*.kakao.com"),
        ),
        "other origins that the checkout page may load from (CSP): PortOne publishes no list, so add your PG's hosts",
    )
    postcode_script_url: str = option(
        "",
        "Kakao's postcode search in the checkout: https://t1.kakaocdn.net/mapjsapi/bundle/postcode/prod/postcode.v2.js;"
        " empty = none, postcodes are typed",
    )
    postcode_hosts: tuple[str, ...] = option(
        ("https://postcode.map.kakao.com",),
        "the other origins that the page of the postcode search may load from (CSP)",
    )
    consents: tuple[Consent, ...] = option(
        (),
        "JSON list of what buyers agree to before an order: id, text (ko, en), required, url; empty = nothing",
    )
    image_origins: tuple[str, ...] = option((), "origins of items' pictures that the pages may load, beside their own")
    redirect_origins: tuple[str, ...] = option((), "of redirect_url, beside public_url and cors_origins")
    app_schemes: tuple[str, ...] = option((), "of the shop's apps, for app_scheme; production allows no others")
    trusted_proxies: int = option(0, "trusted proxies in front that append X-Forwarded-For", 0)
    webhook_networks: tuple[Network, ...] = option((), "networks (CIDR) that may post webhooks; empty = all")
    unknown_webhooks: int = option(
        10_000, "webhooks of unknown orders that are kept, of 16 KiB each: anybody posts V1's"
    )
    max_body: int = option(64 * 1024, "bytes; a session with every field full is under 8 KiB")
    rate_login: Rate = option("10/minute", "by address; guessing passwords must be slow")
    rate_account: Rate = option("10/minute;100/hour", "logins to one account, from all addresses together")
    rate_session: Rate = option("60/minute", "by user; each one holds stock and registers with PortOne")
    rate_webhook: Rate = option("6000/minute", "by address; PortOne sends all webhooks from a few addresses")
    rate_user: Rate = option("1200/minute", "by user, for everything else")
    rate_key: Rate = option("6000/minute", "by API key, for everything: one key acts for all buyers of a server")
    rate_export: Rate = option("10/minute;60/hour", "by user: exports of all orders; each reads the whole table")
    rate_mail: Rate = option("3/hour;10/day", "mails with a code or link to one address, or about one account")
    metrics_token: str = option(
        "", "bearer token that /metrics asks for; empty leaves it open outside production only", source=sources.RANDOM
    )
    metrics_port: int = option(0, "of the metrics of a worker or beat, each its own; 0 is none", 0, most=65_535)

    # Optional: traces and errors go to other systems
    otel_exporter_otlp_endpoint: str = option(
        "", "OTLP collector of traces over HTTP, e.g. http://127.0.0.1:4318; empty makes none"
    )
    otel_traces_sampler_arg: float = option(1.0, "the share of traces that are kept, 0 to 1; the same in all processes")
    sentry_dsn: str = option("", "the DSN of a Sentry project that errors are sent to; empty sends none")
    sentry_release: str = option("", "the version that runs, as Sentry names it; e.g. the commit")

    # Tokens of an external issuer
    external_jwt_issuer: str = option("", "`iss` of tokens signed by another system; empty accepts none")
    external_jwt_secret: str = option("", "HS256 secret of that issuer", source=sources.SHARED_WITH_ISSUER)
    external_jwt_jwks_url: str = option("", "or the address of its RS256 keys")
    external_jwt_audience: str = option("", "`aud` that such a token must contain; empty = not checked")
    external_jwt_identity_claim: str = option("sub", "the claim that names the user")
    external_jwt_prefix: str = option("ext:", "prefix of external user names, so that none equals a local one")
    external_jwt_role_claim: str = option("", "the claim that names roles, e.g. realm_access.roles; empty = none does")
    external_jwt_roles: tuple[tuple[str, str], ...] = option((), "theirs=ours, comma separated; the highest counts")
    external_jwt_role_lifetime: timedelta = option(
        900 * SECOND, "longest life of a token with a role: it cannot be revoked here"
    )
