import type { Language } from "../../i18n/language.js";
import type { Schemas } from "../api.js";

type Rule = Pick<Schemas["AlertRule"], "rule" | "title" | "todo">;

/** The server says it in English. */
const KOREAN: Record<string, readonly [title: string, todo: string]> = {
  backlog: ["작업이 너무 오래 밀려 있어요", "워커를 늘리세요. 충분히 돌고 있다면 워커 로그에서 무엇이 계속 실패하는지 확인하세요. 그동안 잃는 것은 없어요."],
  dead_work: ["시도 횟수를 다 쓴 작업이 운영자를 기다려요", "‘확인 필요’에서 각 작업의 사유를 보고, 원인을 없앤 뒤 다시 시도하세요."],
  broken_invariant: ["서로 맞지 않는 기록이 발견됐어요", "‘flask --app wsgi pitturu audit’가 어떤 행인지, 무엇을 할지 알려 줘요."],
  portone_keys: ["포트원이 우리 키를 거절해요", "포트원 콘솔의 키·허용 IP를 PORTONE_API_KEY, PORTONE_API_SECRET(V1), PORTONE_V2_API_SECRET(V2)와 비교해 고치고 다시 시작하세요. 밀린 작업은 저절로 이어져요."],
  webhooks_missing: ["포트원 웹훅이 오지 않아요", "포트원 콘솔의 웹훅 주소와 비밀키, WEBHOOK_NETWORKS, 로그의 webhook_refused를 확인하세요. 결제는 다른 길로 확인되지만 늦어져요."],
  reconciliation_differs: ["우리 기록과 포트원 기록이 달라요", "‘대사’에서 표시된 결과를 열어 무엇이 다른지 보고 정정하세요."],
  sweeps_missing: ["정기 점검이 돌지 않아 재시도가 멈춰 있어요", "beat가 꺼져 있으면 켜세요. 켜져 있다면 브로커와 워커의 큐를 확인하세요."],
  approval_rate: ["평소보다 승인되는 결제가 적어요", "‘개요’에서 결제수단·PG·거절 사유를 보세요. 한 곳의 문제면 그 PG나 포트원에 문의하고 다른 수단을 안내하세요."],
  endpoint_gone: ["한 수신 주소로 이벤트를 더는 보내지 않아요", "그 시스템을 고친 뒤 ‘보낸 이벤트’에서 재개하면 놓친 이벤트를 보내요. 필요 없으면 삭제하세요."],
  events_late: ["한 수신 주소의 이벤트가 늦어지고 있어요", "그 시스템의 응답이 느려요. 이벤트를 저장하고 바로 응답한 뒤 나중에 처리하도록 고치세요."],
};

/** What a rule is about, and what to do when it is broken. */
export function ruleTexts(rule: Rule, language: Language): { title: string; todo: string } {
  const korean = language === "ko" ? KOREAN[rule.rule] : undefined;
  return korean ? { title: korean[0], todo: korean[1] } : { title: rule.title, todo: rule.todo };
}
