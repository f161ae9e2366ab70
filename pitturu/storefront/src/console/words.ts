// Texts of the console's frame, and of what all its pages share. A page's own texts stand in its folder.

import { type Language, useLanguage } from "../i18n/language.js";

/** The texts in the chosen language. Both languages have the same keys. */
export function useText<T>(texts: Record<Language, T>): T {
  return texts[useLanguage().language];
}

const ko = {
  console: "콘솔",
  title: (page: string) => `${page} · pitturu 콘솔`,
  times: "모든 시각은 한국 시간(KST)이에요.",
  menu: "메뉴",
  main: "콘솔 메뉴",
  groups: { money: "결제", goods: "상점", connections: "연동", monitoring: "모니터링" },
  pages: {
    overview: "개요",
    payments: "결제 검색",
    approvals: "승인 대기",
    attention: "확인 필요",
    reconciliation: "대사",
    catalogue: "상품",
    people: "사용자",
    webhooks: "받은 웹훅",
    events: "보낸 이벤트",
    keys: "API 키",
    log: "운영 기록",
    alerts: "알림",
    errors: "오류 로그",
  },
  roles: { buyer: "구매자", viewer: "조회", support: "상담", finance: "정산", admin: "관리자" } as Record<string, string>,
  loading: "불러오는 중…",
  retry: "다시 시도",
  refresh: "새로고침",
  empty: "표시할 내용이 없어요.",
  nothingFound: "조건에 맞는 내용이 없어요. 조건을 바꿔 보세요.",
  forbidden: (role: string) => `${role} 역할로는 볼 수 없는 화면이에요. 권한이 필요하면 관리자에게 요청한 뒤 다시 로그인해 주세요.`,
  operatorsOnly: (name: string) => `콘솔은 운영자만 쓸 수 있어요. ‘${name}’ 계정은 구매자예요. 운영자 계정으로 로그인해 주세요.`,
  secondFactor: "콘솔을 쓰려면 2단계 인증이 필요해요. 내 계정에서 켠 다음 다시 로그인해 주세요.",
  toAccount: "내 계정으로",
  missing: "이 주소에는 화면이 없어요. 메뉴에서 골라 주세요.",
  notFound: "찾을 수 없어요. 주소나 번호를 확인해 주세요.",
  failed: (detail: string) => `처리하지 못했어요: ${detail}`,
  requestId: (id: string) => `요청 번호 ${id}`,
  /** Refusals that only operators meet, by code. */
  problems: {
    search_too_short: "두 글자 이상 입력해 주세요. 전화번호는 네 자리부터 찾아요.",
    bad_cursor: "이 페이지의 주소가 올바르지 않아요. ‘조회’를 눌러 처음부터 다시 찾아 주세요.",
    bad_span: "이 단위로 보기에는 기간이 너무 길어요. 기간을 줄이거나 단위를 바꿔 주세요.",
    exports_busy: "다른 내려받기가 진행 중이에요. 잠시 뒤에 다시 해 주세요.",
    cut_off: "파일이 중간에 끊겨서 저장하지 않았어요. 다시 내려받아 주세요.",
    sku_taken: "이미 다른 상품이 쓰는 SKU예요. 다른 SKU를 입력해 주세요.",
    stock_changed: "그사이 재고가 바뀌었어요. 지금 재고를 확인하고 다시 정정해 주세요.",
    stock_too_small: "있는 재고보다 많이 뺄 수 없어요. 수량을 줄여 주세요.",
    stock_unlimited: "재고가 무제한인 상품이에요. ‘센 수로 맞추기’로 먼저 수량을 정해 주세요.",
    own_role: "자신의 역할은 바꿀 수 없어요. 다른 관리자에게 요청해 주세요.",
    last_admin: "마지막 관리자예요. 다른 사람을 관리자로 정한 뒤 바꿔 주세요.",
    username_reserved: "이 이름의 사용자에게는 역할을 줄 수 없어요.",
    bad_api_key_name: "키 이름은 영문 소문자·숫자·‘-’로 적어 주세요.",
    api_key_name_taken: "이미 쓴 적이 있는 이름이에요. 다른 이름을 적어 주세요.",
    too_many_api_keys: "키가 너무 많아요. 쓰지 않는 키를 끝낸 뒤 만들어 주세요.",
    expires_in_the_past: "만료일은 오늘보다 뒤여야 해요.",
    permission_needed: "이 역할로는 할 수 없는 일이에요. 권한이 필요하면 관리자에게 요청한 뒤 다시 로그인해 주세요.",
    changed_meanwhile: "그사이 다른 곳에서 바뀌었어요. 새로고침한 뒤 다시 해 주세요.",
  } as Readonly<Record<string, string>>,
  first: "처음으로",
  next: "다음",
  copy: (what: string) => `${what} 복사`,
  copied: "복사했어요.",
  choose: "선택",
  chooseAll: "모두 선택",
  chooseNone: "선택 해제",
  filter: "조회",
  clear: "초기화",
  any: "전체",
  cancel: "닫기",
  asTable: "표로 보기",
  asChart: "차트로 보기",
  none: "없음",
  actions: "작업",
  ago: (seconds: number) => since(seconds, ["초", "분", "시간", "일"], (count, unit) => `${count}${unit} 전`),
  lasting: (seconds: number) => since(seconds, ["초", "분", "시간", "일"], (count, unit) => `${count}${unit}`),
};

const en: typeof ko = {
  console: "Console",
  title: (page) => `${page} · pitturu console`,
  times: "All times are Korean (KST).",
  menu: "Menu",
  main: "Console",
  groups: { money: "Payments", goods: "Shop", connections: "Integration", monitoring: "Monitoring" },
  pages: {
    overview: "Overview",
    payments: "Payments",
    approvals: "Approvals",
    attention: "Attention",
    reconciliation: "Reconciliation",
    catalogue: "Catalogue",
    people: "People",
    webhooks: "Webhooks",
    events: "Events",
    keys: "API keys",
    log: "Operator log",
    alerts: "Alerts",
    errors: "Errors",
  },
  roles: { buyer: "buyer", viewer: "viewer", support: "support", finance: "finance", admin: "admin" },
  loading: "Loading…",
  retry: "Try again",
  refresh: "Refresh",
  empty: "There is nothing to show.",
  nothingFound: "Nothing matches these filters. Try others.",
  forbidden: (role) => `The role ${role} may not see this page. Ask an admin for the permission, then log in again.`,
  operatorsOnly: (name) => `The console is for operators, and “${name}” is a buyer. Log in as an operator.`,
  secondFactor: "The console needs a second factor. Switch it on in your account, then log in again.",
  toAccount: "To my account",
  missing: "There is no page at this address. Choose one in the menu.",
  notFound: "This was not found. Check the address or the number.",
  failed: (detail) => `This was not done: ${detail}`,
  requestId: (id) => `request ${id}`,
  problems: {
    search_too_short: "Enter two characters or more. Telephones are found by four digits or more.",
    bad_cursor: "The address of this page is not right. Press “Apply” to begin with the first page.",
    bad_span: "This time is too long to be shown so. Choose a shorter one, or longer periods.",
    exports_busy: "Other exports are running. Try again in a moment.",
    cut_off: "The file broke off, so it was not saved. Download it again.",
    sku_taken: "Another item has this SKU. Enter another one.",
    stock_changed: "The stock has changed meanwhile. Look at it, and correct it again.",
    stock_too_small: "More cannot be taken off than there is. Enter fewer pieces.",
    stock_unlimited: "The stock of this item is unlimited. Set it to what was counted first.",
    own_role: "Nobody changes an own role. Ask another admin.",
    last_admin: "This is the last admin. Make somebody else an admin first.",
    username_reserved: "A user with this name cannot have a role.",
    bad_api_key_name: "Use small letters, digits and hyphens for the name of a key.",
    api_key_name_taken: "This name was used before. Choose another one.",
    too_many_api_keys: "There are too many keys. End one that is not used first.",
    expires_in_the_past: "The key has to end in the future.",
    permission_needed: "Your role may not do this. Ask an admin for the permission, then log in again.",
    changed_meanwhile: "This was changed elsewhere meanwhile. Refresh the page and do it again.",
  },
  first: "First page",
  next: "Next",
  copy: (what) => `Copy ${what}`,
  copied: "Copied.",
  choose: "Select",
  chooseAll: "Select all",
  chooseNone: "Select none",
  filter: "Apply",
  clear: "Clear",
  any: "All",
  cancel: "Close",
  asTable: "As a table",
  asChart: "As a chart",
  none: "none",
  actions: "Actions",
  ago: (seconds) => since(seconds, ["s", "min", "h", "d"], (count, unit) => `${count} ${unit} ago`),
  lasting: (seconds) => since(seconds, ["s", "min", "h", "d"], (count, unit) => `${count} ${unit}`),
};

export const WORDS = { ko, en };

export function useConsoleWords(): typeof ko {
  return useText(WORDS);
}

/** A duration in its largest whole unit. */
function since(seconds: number, units: readonly [string, string, string, string], say: (count: number, unit: string) => string) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return say(whole, units[0]);
  if (whole < 3600) return say(Math.floor(whole / 60), units[1]);
  if (whole < 86_400) return say(Math.floor(whole / 3600), units[2]);
  return say(Math.floor(whole / 86_400), units[3]);
}
