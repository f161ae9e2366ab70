import type { Language } from "../../i18n/language.js";
import type { Schemas } from "../api.js";

type Violation = Schemas["Violation"];

const OURS = "버그이거나 데이터베이스를 직접 고친 경우에만 생겨요. 기록을 그대로 두고 개발자에게 알리세요.";

/** The server says it in English. */
const KOREAN: Record<string, readonly [title: string, advice: string]> = {
  paid_means_accepted_money: ["결제 완료인데 받은 돈이 맞지 않아요", "포트원 콘솔에서 주문번호를 찾으세요. 다 결제되지 않았으면 상품을 직접 회수하고, 결제됐으면 결제 화면에서 ‘포트원에 다시 확인’을 누르세요."],
  accepted_on_our_channels: ["다른 종류의 채널(실서비스/테스트) 결제를 받았어요", "PORTONE_ENVIRONMENT와 포트원 콘솔의 채널을 비교하세요. 진짜 돈이 아니면 결제를 취소하세요."],
  one_payment_pays_one_session: ["한 결제가 두 주문에 연결됐어요", `포트원 콘솔에 실제 주문번호가 있어요. 다른 주문의 상품은 결제되지 않았어요. ${OURS}`],
  one_accepted_payment_a_session: ["한 주문이 두 번 결제되고 둘 다 받았어요", "나중 결제를 환불하세요. 고유 인덱스가 없는 상태이니 개발자에게 ‘flask --app wsgi db upgrade’를 요청하세요."],
  cancelled_sum_matches: ["환불 합계가 취소 기록과 달라요", `포트원 콘솔의 취소 내역과 비교하세요. 포트원이 기준이에요. ${OURS}`],
  never_more_back_than_came: ["받은 돈보다 많이 환불하려고 해요", "넘친 요청은 포트원이 거절해요. 결제 화면에서 남는 취소를 찾아 구매자에게 알리세요."],
  tax_free_and_taxable_go_back_apart: ["면세·과세 환불 금액이 결제보다 많아요", `PG에서 취소의 세금 서류를 바로잡으세요. ${OURS}`],
  rejected_money_goes_back: ["받지 않기로 한 결제의 환불이 없어요", "PG에 환불을 거절한 이유를 묻고, 결제 화면에서 다시 환불하거나 포트원 콘솔에서 환불하세요."],
  stray_accounts_are_withdrawn: ["끝난 주문의 가상계좌에 아직 입금할 수 있어요", "포트원 콘솔에서 가상계좌를 없애세요. 그래도 입금되면 구매자가 계좌를 알려 준 뒤 자동으로 환불해요."],
  status_follows_amounts: ["금액은 맞는데 상태가 달라요", `결제 화면에서 ‘포트원에 다시 확인’을 누르면 다시 계산해요. ${OURS}`],
  cash_receipts_follow_the_money: ["현금영수증이 없거나 남은 금액과 달라요", `PG 관리자에서 발급하거나 취소하세요. ${OURS}`],
  lines_add_up_to_the_amount: ["주문 금액이 상품 합계와 달라요", `구매자가 동의한 금액은 포트원 콘솔에 있어요. ${OURS}`],
  goods_granted_once_per_accepted_payment: ["결제와 지급한 상품이 달라요", `구매자의 보유 상품을 결제 내역과 비교해 직접 바로잡으세요. ${OURS}`],
  goods_back_after_full_cancel: ["환불됐거나 결제되지 않은 상품을 구매자가 갖고 있어요", `상품을 직접 회수하세요. ${OURS}`],
  goods_there_while_paid: ["구매자의 보유 수량이 결제한 수량과 달라요", `차이를 직접 바로잡으세요. ${OURS}`],
  buyers_cancels_return_goods_and_money: ["구매자 취소에서 돈과 상품 중 하나만 돌아왔어요", "취소 내역과 보유 상품을 비교해서, 빠진 상품을 회수하거나 빠진 금액을 환불하세요."],
  buyers_cancel_alone_only_what_was_not_begun: ["배송을 시작한 뒤 구매자가 혼자 취소했어요", `구매자에게서 상품을 돌려받으세요. ${OURS}`],
  goods_belong_to_who_paid: ["결제한 사람과 상품 주인이 달라요", `주문의 사용자로 바로잡아야 해요. ${OURS}`],
  stock_is_held_by_open_and_paid_only: ["끝난 주문이 재고를 잡고 있어요", `개발자가 잡힌 수량을 재고로 돌려야 해요. ${OURS}`],
  lines_hold_the_stock_of_their_session: ["상품별로 잡은 재고가 주문과 달라요", `상품의 수량을 세어 ‘상품’에서 정정하세요. ${OURS}`],
  stock_adds_up: ["상품의 재고가 재고 원장과 달라요", "수량을 센 다음 ‘상품’에서 재고를 센 값으로 정정하면 원장이 맞아요."],
  timeline_adds_up: ["진행 상황의 금액이 결제와 달라요", `어느 쪽이 맞는지 포트원 콘솔에서 확인하세요. ${OURS}`],
  timeline_ends_at_the_status: ["진행 상황에 없는 상태로 바뀌었어요", `무엇이 데이터베이스를 직접 고쳤는지 찾으세요. ${OURS}`],
  timeline_is_a_chain: ["진행 상황의 순서가 이어지지 않아요", OURS],
  open_work_has_a_time: ["아무 워커도 처리하지 않을 작업이 있어요", `개발자가 다음 처리 시각(due_at)을 정해야 해요. ${OURS}`],
  news_has_a_time: ["아무 워커도 처리하지 않을 웹훅이 있어요", `개발자가 다음 처리 시각(due_at)을 정해야 해요. ${OURS}`],
  the_next_look_is_near: ["다음 처리 시각이 너무 멀어요", "서버 시계가 틀렸을 수 있어요. 개발자가 due_at을 지금으로 바꾸면 이어서 처리해요."],
  nothing_is_overdue: ["작업이 제때 처리되지 않아요", "워커가 부족하거나 멈췄어요. ‘개요’와 워커 로그를 확인하세요. 그동안 잃는 것은 없어요."],
};

/** What is broken, and what to do. */
export function invariantTexts({ invariant, advice }: Violation, language: Language): { title: string; advice: string } {
  const korean = language === "ko" ? KOREAN[invariant] : undefined;
  if (korean) return { title: korean[0], advice: korean[1] };
  const title = invariant.replaceAll("_", " ");
  return { title: title.charAt(0).toUpperCase() + title.slice(1), advice };
}

/** Where a record that breaks it is shown; null where it has no page. */
export function recordAddress({ invariant }: Violation, row: string): string | null {
  if (invariant === "stock_adds_up") return `/catalogue/${encodeURIComponent(row)}`;
  if (invariant === "news_has_a_time") return `/webhooks/${encodeURIComponent(row)}`;
  return /^(ses|pay|can|ord|imp)/.test(row) ? `/payments/${encodeURIComponent(row)}` : null;
}
