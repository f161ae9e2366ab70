import type { Schemas } from "../api.js";
import type { Language } from "../../i18n/language.js";

type Action = Schemas["OperatorLogLine"]["action"];

const TEXTS: Record<Action, readonly [ko: string, en: string]> = {
  read_payment: ["결제 조회", "Read a payment"],
  read_payments: ["결제 검색", "Searched payments"],
  export_payments: ["결제 내려받기", "Downloaded payments"],
  read_stuck_work: ["확인 필요 목록 조회", "Read what needs attention"],
  read_explanation: ["지연 사유 조회", "Read an explanation"],
  read_comparison: ["대사 결과 조회", "Read a comparison"],
  read_people: ["사용자 조회", "Read users"],
  read_operator_log: ["운영 기록 조회", "Read the operator log"],
  read_approvals: ["승인 대기 조회", "Read approvals"],
  read_webhooks: ["웹훅 조회", "Read webhooks"],
  read_stock_ledger: ["재고 원장 조회", "Read a stock ledger"],
  read_events: ["이벤트 조회", "Read events"],
  read_event_endpoints: ["이벤트 수신 주소 조회", "Read event endpoints"],
  create_event_endpoint: ["이벤트 수신 주소 추가", "Added an event endpoint"],
  change_event_endpoint: ["이벤트 수신 주소 변경", "Changed an event endpoint"],
  delete_event_endpoint: ["이벤트 수신 주소 삭제", "Deleted an event endpoint"],
  rotate_event_secret: ["이벤트 비밀키 교체", "Made a new event secret"],
  test_event_endpoint: ["테스트 이벤트 전송", "Sent a test event"],
  resume_event_endpoint: ["이벤트 전송 재개", "Resumed an event endpoint"],
  replay_events: ["이벤트 다시 보내기", "Sent events again"],
  cancel: ["취소·환불 요청", "Requested a refund"],
  approve_cancel: ["취소 승인", "Approved a refund"],
  reject_cancel: ["취소 거절", "Rejected a refund"],
  confirm_escrow: ["구매 확정 처리 (에스크로)", "Confirmed an escrow for the buyer"],
  ship: ["배송 정보 등록 (에스크로)", "Registered an escrow shipment"],
  fulfil: ["배송 상태 기록", "Recorded fulfilment"],
  issue_receipt: ["현금영수증 발급", "Had a cash receipt issued"],
  ask_portone: ["포트원에 다시 확인", "Had PortOne asked again"],
  acknowledge: ["확인 완료 처리", "Acknowledged a case"],
  reopen: ["확인 완료 취소", "Reopened a case"],
  replay: ["작업 다시 시도", "Made work due again"],
  compare: ["대사 시작", "Started a comparison"],
  change_role: ["역할 변경", "Changed a role"],
  end_logins: ["로그인 종료", "Ended logins"],
  reset_second_factor: ["2단계 인증 초기화", "Reset a second factor"],
  erase: ["개인정보 삭제", "Erased personal data"],
  reencrypt: ["데이터 재암호화", "Encrypted data again"],
  seed: ["시험 데이터 추가", "Added demo data"],
  mute_alert: ["알림 끄기", "Muted an alert"],
  unmute_alert: ["알림 켜기", "Unmuted an alert"],
  test_alerts: ["알림 시험", "Tested alerts"],
  test_notices: ["구매자 알림 시험", "Tested notices to buyers"],
  create_item: ["상품 추가", "Created an item"],
  change_item: ["상품 변경", "Changed an item"],
  correct_stock: ["재고 정정", "Corrected stock"],
  import_items: ["상품 가져오기", "Imported items"],
  read_api_keys: ["API 키 조회", "Read API keys"],
  create_api_key: ["API 키 만들기", "Made an API key"],
  end_api_key: ["API 키 종료", "Ended an API key"],
};

export const ACTIONS = Object.keys(TEXTS) as readonly Action[];

/** The action of an operator in words; its name where a newer server has one that this page does not know. */
export function actionText(action: Action, language: Language): string {
  return (TEXTS[action] as readonly [string, string] | undefined)?.[language === "ko" ? 0 : 1] ?? action;
}
