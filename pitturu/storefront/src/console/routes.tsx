// All pages of the console: their address, the permission they need, and what shows them. The menu has those of the first
// level, in this order.

import type { ComponentType } from "react";

import { AlertsPage } from "./alerts/AlertsPage.js";
import type { Permission } from "./api.js";
import { ApprovalsPage } from "./approvals/ApprovalsPage.js";
import { AttentionPage } from "./attention/AttentionPage.js";
import { CataloguePage } from "./catalogue/CataloguePage.js";
import { ItemPage } from "./catalogue/ItemPage.js";
import { ErrorsPage } from "./errors/ErrorsPage.js";
import { EndpointPage } from "./events/EndpointPage.js";
import { EventsPage } from "./events/EventsPage.js";
import { KeysPage } from "./keys/KeysPage.js";
import { OperatorLogPage } from "./log/OperatorLogPage.js";
import { OverviewPage } from "./overview/OverviewPage.js";
import { PaymentPage } from "./payment/PaymentPage.js";
import { PaymentsPage } from "./payments/PaymentsPage.js";
import { PeoplePage } from "./people/PeoplePage.js";
import { ComparisonPage } from "./reconciliation/ComparisonPage.js";
import { ReconciliationPage } from "./reconciliation/ReconciliationPage.js";
import { WebhookPage } from "./webhooks/WebhookPage.js";
import { WebhooksPage } from "./webhooks/WebhooksPage.js";
import type { WORDS } from "./words.js";
import type { IconName } from "../components/Icon.js";

type Texts = (typeof WORDS)["ko"];

export interface MenuEntry {
  name: keyof Texts["pages"];
  group: keyof Texts["groups"] | null;
  href: string;
  icon: IconName;
  permission: Permission;
}

interface Route {
  /** Below `/console`; `:id` is a parameter that the page reads. */
  path: string;
  menu: MenuEntry["name"];
  page: ComponentType;
}

export const MENU: readonly MenuEntry[] = [
  { name: "overview", group: null, href: "/", icon: "chart", permission: "view" },
  { name: "payments", group: "money", href: "/payments", icon: "card", permission: "view" },
  { name: "approvals", group: "money", href: "/approvals", icon: "check", permission: "view" },
  { name: "attention", group: "money", href: "/attention", icon: "alert", permission: "view" },
  { name: "reconciliation", group: "money", href: "/reconciliation", icon: "compare", permission: "view" },
  { name: "catalogue", group: "goods", href: "/catalogue", icon: "inventory", permission: "view" },
  { name: "people", group: "goods", href: "/people", icon: "person", permission: "manage_users" },
  { name: "log", group: "goods", href: "/log", icon: "history", permission: "read_operator_log" },
  { name: "webhooks", group: "connections", href: "/webhooks", icon: "inbox", permission: "view" },
  { name: "events", group: "connections", href: "/events", icon: "send", permission: "read_events" },
  { name: "keys", group: "connections", href: "/keys", icon: "key", permission: "manage_api_keys" },
  { name: "alerts", group: "monitoring", href: "/alerts", icon: "bell", permission: "view" },
  { name: "errors", group: "monitoring", href: "/errors", icon: "info", permission: "view" },
];

export const ROUTES: readonly Route[] = [
  { path: "/", menu: "overview", page: OverviewPage },
  { path: "/payments", menu: "payments", page: PaymentsPage },
  { path: "/payments/:id", menu: "payments", page: PaymentPage },
  { path: "/approvals", menu: "approvals", page: ApprovalsPage },
  { path: "/attention", menu: "attention", page: AttentionPage },
  { path: "/reconciliation", menu: "reconciliation", page: ReconciliationPage },
  { path: "/reconciliation/:id", menu: "reconciliation", page: ComparisonPage },
  { path: "/webhooks", menu: "webhooks", page: WebhooksPage },
  { path: "/webhooks/:id", menu: "webhooks", page: WebhookPage },
  { path: "/events", menu: "events", page: EventsPage },
  { path: "/events/:id", menu: "events", page: EndpointPage },
  { path: "/catalogue", menu: "catalogue", page: CataloguePage },
  { path: "/catalogue/:id", menu: "catalogue", page: ItemPage },
  { path: "/people", menu: "people", page: PeoplePage },
  { path: "/keys", menu: "keys", page: KeysPage },
  { path: "/errors", menu: "errors", page: ErrorsPage },
  { path: "/log", menu: "log", page: OperatorLogPage },
  { path: "/alerts", menu: "alerts", page: AlertsPage },
];
