const ko = {
  heading: "운영 기록",
  help: "운영자가 한 일과 열어 본 개인정보를 모두 남긴 기록이에요. 아무도 고치거나 지울 수 없어요.",
  who: "운영자",
  whom: "대상 사용자",
  action: "한 일",
  from: "시작일",
  to: "종료일",
  at: "시각",
  what: "대상",
  detail: "내용",
  address: "주소",
  terminal: "터미널",
};

const en: typeof ko = {
  heading: "Operator log",
  help: "What operators did, and what personal data they looked at. Nobody can change or delete a line.",
  who: "Operator",
  whom: "User concerned",
  action: "Action",
  from: "From",
  to: "To",
  at: "Time",
  what: "About",
  detail: "Detail",
  address: "Address",
  terminal: "terminal",
};

export const WORDS = { ko, en };
