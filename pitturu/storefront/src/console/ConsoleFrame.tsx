import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";

import type { Schemas } from "./api.js";
import { MENU, type MenuEntry } from "./routes.js";
import { useMay, useOperator } from "./session.js";
import { useResource } from "./useResource.js";
import { useConsoleWords } from "./words.js";
import { Icon } from "../components/Icon.js";
import { useLanguage } from "../i18n/language.js";
import { logOut } from "../pages/parts/services.js";

const COUNTED_EVERY = 30_000;
/** Milliseconds between two counts of what waits for an operator. */

/** The layout of every page of the console: the menu with what waits, who is logged in, the language. */
export function ConsoleFrame({ current, children }: { current: MenuEntry["name"] | null; children: ReactNode }) {
  const { language } = useLanguage();
  const words = useConsoleWords();
  const [open, setOpen] = useState(false);
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    setOpen(false);
    window.scrollTo(0, 0);
  }, [path]);
  return (
    <div className="pc-frame">
      <a className="pt-skip" href="#main" onClick={() => main.current?.focus()}>
        {words.pages[current ?? "overview"]}
      </a>
      <header className="pc-bar">
        <button
          type="button"
          className="pt-icon-button pc-menu-button"
          aria-label={words.menu}
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "close" : "menu"} />
        </button>
        <Link className="pt-brand" href="/">
          pitturu <span>{words.console}</span>
        </Link>
        <Me />
      </header>
      <Menu current={current} open={open} />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Menu({ current, open }: { current: MenuEntry["name"] | null; open: boolean }) {
  const words = useConsoleWords();
  const may = useMay();
  const counts = useCounts();
  const groups = [null, "money", "goods", "connections", "monitoring"] as const;
  return (
    <nav id="menu" className="pc-nav" aria-label={words.main} data-open={open}>
      {groups.map((group) => {
        const entries = MENU.filter((entry) => entry.group === group && may(entry.permission));
        if (entries.length === 0) return null;
        return (
          <div key={group ?? "first"}>
            {group && <h2>{words.groups[group]}</h2>}
            <ul>
              {entries.map(({ name, href, icon }) => (
                <li key={name}>
                  <Link href={href} aria-current={name === current ? "page" : undefined}>
                    <Icon name={icon} />
                    <span>{words.pages[name]}</span>
                    {counts[name] ? <span className="pc-count">{counts[name]}</span> : null}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      <p className="pc-times">{words.times}</p>
    </nav>
  );
}

/** How much waits behind an entry of the menu. Mismatched orders are counted where their refund fails. */
function useCounts(): Partial<Record<MenuEntry["name"], number>> {
  const state = useResource<Schemas["System"]>("/operations/system", { every: COUNTED_EVERY }).value;
  if (!state) return {};
  const { mismatched_sessions: _, ...waiting } = state.attention;
  const attention = Object.values(waiting).reduce((sum, count) => sum + count, 0);
  const approvals = (waiting["return_requests"] ?? 0) + (waiting["cancels_awaiting_approval"] ?? 0);
  return { attention, approvals, alerts: state.alerts.open };
}

function Me() {
  const { language, choose } = useLanguage();
  const words = useConsoleWords();
  const operator = useOperator();
  const other = language === "ko" ? "en" : "ko";
  const name = { ko: "한국어", en: "English" }[other];
  return (
    <div className="pt-bar-end">
      <span className="pc-who">
        {operator.username}
        <span className="pc-chip pc-neutral">{words.roles[operator.role] ?? operator.role}</span>
      </span>
      <button type="button" className="pt-button pt-button-text" lang={other} onClick={() => choose(other)}>
        <Icon name="language" />
        <span className="pc-wide-only">{name}</span>
        <span className="pt-unseen pc-narrow-only">{name}</span>
      </button>
      <LogOut />
    </div>
  );
}

function LogOut() {
  const { words } = useLanguage();
  const [failed, setFailed] = useState(false);
  return (
    <button
      type="button"
      className="pt-button pt-button-text"
      title={failed ? words.nav.logoutFailed : undefined}
      onClick={() => void logOut().catch(() => setFailed(true))}
    >
      {words.nav.logout}
    </button>
  );
}
