import { type ReactNode, useEffect, useState } from "react";

import { login, loginAddress, logOut } from "./services.js";
import { useCart } from "./useCart.js";
import { Alert } from "../../components/Alert.js";
import { Icon, type IconName } from "../../components/Icon.js";
import { useLanguage, useWords, type Words } from "../../i18n/language.js";

type PageName = keyof Words["titles"];

const PLACES: readonly (readonly [page: "shop" | "history" | "inventory", address: string, icon: IconName])[] = [
  ["shop", "/", "shop"],
  ["history", "/history", "history"],
  ["inventory", "/inventory", "inventory"],
];

/** The page above each of those that are not among the places. */
const ABOVE: Partial<Record<PageName, string>> = {
  item: "/",
  cart: "/",
  payment: "/history",
  account: "/",
  login: "/",
  register: "/",
  error: "/",
};

/** The layout of every page: header, navigation, language, the way back. */
export function Frame({ page, children }: { page: PageName; children: ReactNode }) {
  const { language, words, choose } = useLanguage();
  const [stillIn, setStillIn] = useState(false);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${words.titles[page]} · pitturu`;
  }, [language, words, page]);
  return (
    <>
      <a className="pt-skip" href="#main">
        {words.nav.skip}
      </a>
      <header className="pt-bar">
        {ABOVE[page] && (
          <a className="pt-icon-button pt-back" href={ABOVE[page]} aria-label={words.nav.back}>
            <Icon name="back" />
          </a>
        )}
        <a className="pt-brand" href="/">
          pitturu
        </a>
        <Places page={page} />
        <div className="pt-bar-end">
          <CartLink current={page === "cart"} />
          <button
            type="button"
            className="pt-button pt-button-text"
            lang={language === "ko" ? "en" : "ko"}
            onClick={() => choose(language === "ko" ? "en" : "ko")}
          >
            <Icon name="language" />
            <span>{words.nav.otherLanguage}</span>
          </button>
          <Account onFailed={() => setStillIn(true)} />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {stillIn && <Alert kind="error">{words.nav.logoutFailed}</Alert>}
        {children}
      </main>
    </>
  );
}

function Places({ page }: { page: PageName }) {
  const words = useWords();
  return (
    <nav className="pt-places" aria-label={words.nav.main}>
      {PLACES.map(([name, address, icon]) => (
        <a key={name} href={address} aria-current={name === page ? "page" : undefined}>
          <Icon name={icon} />
          <span>{words.nav[name]}</span>
        </a>
      ))}
    </nav>
  );
}

/** The cart, with the number of its lines. */
function CartLink({ current }: { current: boolean }) {
  const words = useWords();
  const count = useCart().length;
  return (
    <a
      className="pt-icon-button pt-cart-link"
      href="/cart"
      aria-label={words.nav.cart(count)}
      aria-current={current ? "page" : undefined}
    >
      <Icon name="cart" />
      {count > 0 && (
        <span className="pt-count" aria-hidden="true">
          {count}
        </span>
      )}
    </a>
  );
}

function Account({ onFailed }: { onFailed: () => void }) {
  const words = useWords();
  if (login.signedIn) {
    return (
      <>
        <a className="pt-icon-button" href="/account" aria-label={words.nav.account}>
          <Icon name="person" />
        </a>
        <button type="button" className="pt-button pt-button-text" onClick={() => void logOut().catch(onFailed)}>
          <Icon name="logout" />
          <span>{words.nav.logout}</span>
        </button>
      </>
    );
  }
  return (
    <a className="pt-button pt-button-tonal" href={loginAddress()}>
      <Icon name="person" />
      <span>{words.nav.login}</span>
    </a>
  );
}
