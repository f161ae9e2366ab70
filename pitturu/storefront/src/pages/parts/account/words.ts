// Texts of the e-mail address, the reset of a password and the visitor's own data. They stand apart from those of all
// pages, since a checkout needs none of them.

import { useLanguage } from "../../../i18n/language.js";

const ko = {
  email: "이메일",
  emailWhy: "비밀번호를 잊었을 때 이 주소로 재설정 링크를 보내고, 계정이 바뀌면 알려 드려요.",
  noEmail: "아직 확인한 이메일이 없어요.",
  verified: (address: string) => `확인한 주소: ${address}`,
  mailOff: "이 상점은 아직 메일을 보내지 않아요. 비밀번호를 잊으면 상점에 문의해 주세요.",
  newEmail: "새 이메일",
  sendCode: "확인 코드 받기",
  removeEmail: "이메일 지우기",
  removeWhy: "이메일을 지우면 비밀번호를 잊었을 때 메일로 재설정할 수 없어요.",
  codeSent: (address: string, until: string) => `${address}로 보낸 코드를 ${until}까지 입력해 주세요.`,
  emailCode: "메일로 받은 코드",
  emailCodeHint: "여덟 글자예요. 메일이 안 보이면 스팸함도 확인해 주세요.",
  confirmEmail: "확인하기",
  presentPassword: "지금 비밀번호",

  data: "내 정보",
  dataWhy: "저장된 내용을 모두 내려받거나, 계정을 삭제할 수 있어요.",
  copy: "내 정보 내려받기",
  copyWhy: "계정, 로그인한 기기, 주문과 결제, 환불까지 저장된 내용을 모두 파일 하나(JSON)로 받아요.",
  download: "내려받기",
  erase: "계정 삭제",
  eraseWhy:
    "되돌릴 수 없어요. 모든 기기에서 로그아웃되고 다시 로그인할 수 없어요. 구매 내역을 볼 수 없고, 취소나 반품은 상점에 직접 문의해야 해요.",
  eraseKept: "결제한 주문의 기록은 전자상거래법에 따라 5년 동안 따로 보관한 뒤 지워요.",
  typeUsername: (username: string) => `확인을 위해 아이디(${username})를 입력해 주세요`,
  eraseNow: "영구 삭제",
  erased: "계정을 삭제했어요. 그동안 이용해 주셔서 감사합니다.",

  forgot: "비밀번호를 잊으셨나요?",
  resetHeading: "비밀번호 재설정",
  resetWhy: "아이디나 이메일을 입력하면, 계정의 확인된 이메일로 새 비밀번호를 정하는 링크를 보내 드려요.",
  account: "아이디 또는 이메일",
  sendLink: "링크 받기",
  linkSent:
    "입력하신 계정에 확인된 이메일이 있다면 메일을 보냈어요. 몇 분 안에 오지 않으면 스팸함을 보거나, 아이디와 이메일을 확인해 주세요. 링크는 30분 동안 한 번만 쓸 수 있어요.",
  newHeading: "새 비밀번호 정하기",
  newPassword: "새 비밀번호",
  setPassword: "비밀번호 바꾸기",
  reset: "비밀번호를 바꿨어요. 모든 기기에서 로그아웃됐으니 새 비밀번호로 로그인해 주세요.",
  again: "링크 다시 받기",
  toLogin: "로그인하기",

  problems: {
    mail_off: "이 상점은 메일을 보내지 않아요. 상점에 직접 문의해 주세요.",
    wrong_email_code: "코드가 맞지 않거나 시간이 지났어요. 가장 최근에 받은 코드를 입력하거나, 코드를 다시 받아 주세요.",
    link_invalid: "이미 썼거나 시간이 지난 링크예요. 새 링크를 받아 주세요.",
    reset_needs_second_factor: "2단계 인증이 없는 운영자 계정은 메일로 재설정할 수 없어요. 다른 관리자에게 문의해 주세요.",
    orders_open: "끝나지 않은 주문이나 입금을 기다리는 가상계좌가 있어요. 결제하거나 그만둔 다음 다시 시도해 주세요.",
    orders_undelivered:
      "결제하고 아직 받지 못한 상품이 있어요. 받은 다음, 또는 주문을 취소한 다음 다시 시도해 주세요. 결제일이나 배송 준비 시작일부터 30일이 지나면 바로 지울 수 있어요.",
    refunds_open: "진행 중인 반품이나 환불이 있어요. 끝난 다음 다시 시도해 주세요.",
    account_of_operator: "운영자 계정이에요. 다른 관리자가 역할을 거둔 다음 삭제할 수 있어요.",
    other_username: "아이디가 달라요. 지금 로그인한 아이디를 그대로 입력해 주세요.",
  } as Readonly<Record<string, string>>,
};

const en: typeof ko = {
  email: "E-mail",
  emailWhy: "If you forget your password, we send a link to this address, and we tell you when your account changes.",
  noEmail: "You have no verified e-mail address yet.",
  verified: (address) => `Verified: ${address}`,
  mailOff: "This shop sends no mail yet. If you forget your password, please contact the shop.",
  newEmail: "New e-mail",
  sendCode: "Send a code",
  removeEmail: "Remove the e-mail",
  removeWhy: "Without an e-mail address a forgotten password cannot be reset.",
  codeSent: (address, until) => `Enter the code that we sent to ${address} by ${until}.`,
  emailCode: "Code from the mail",
  emailCodeHint: "Eight characters. If you do not see the mail, look among your spam.",
  confirmEmail: "Confirm",
  presentPassword: "Present password",

  data: "My data",
  dataWhy: "You can download all that we store about you, or erase your account.",
  copy: "Download my data",
  copyWhy: "One file (JSON) with everything that we store: account, devices, orders, payments and refunds.",
  download: "Download",
  erase: "Erase my account",
  eraseWhy:
    "This cannot be undone. You are logged out everywhere and cannot log in again. You will not see your purchases any more, and have to contact the shop to cancel or return something.",
  eraseKept: "Records of paid orders are kept apart for five years, as Korean law demands, and erased then.",
  typeUsername: (username) => `Type your user name (${username}) to confirm`,
  eraseNow: "Erase for good",
  erased: "Your account is erased. Thank you for having been with us.",

  forgot: "Forgot your password?",
  resetHeading: "Reset your password",
  resetWhy: "Enter your user name or e-mail. We send a link to the verified e-mail address of the account.",
  account: "User name or e-mail",
  sendLink: "Send the link",
  linkSent:
    "If this account has a verified e-mail address, a mail is on its way. If it does not come within minutes, look among your spam, or check what you entered. The link works once, for 30 minutes.",
  newHeading: "Choose a new password",
  newPassword: "New password",
  setPassword: "Change the password",
  reset: "Your password is changed, and all devices are logged out. Please log in with the new one.",
  again: "Send a new link",
  toLogin: "Log in",

  problems: {
    mail_off: "This shop sends no mail. Please contact the shop.",
    wrong_email_code: "This code is wrong or too old. Enter the one that came last, or have a new one sent.",
    link_invalid: "This link was used or is too old. Please have a new one sent.",
    reset_needs_second_factor: "An operator's account without a two-step login cannot be reset by mail. Please ask another admin.",
    orders_open: "You have an unfinished order, or a virtual account that waits for your transfer. Pay or give it up, then try again.",
    orders_undelivered:
      "Something that you paid for has not arrived yet. Try again when it has, or cancel the order first. 30 days after you paid, or after the shop began with it, this no longer matters.",
    refunds_open: "A return or refund is under way. Please try again when it is done.",
    account_of_operator: "This is an operator's account. It can be erased once another admin has taken its role.",
    other_username: "This is another user name. Please type the one that you are logged in with.",
  },
};

export type AccountWords = typeof ko;

export function useAccountWords(): AccountWords {
  return { ko, en }[useLanguage().language];
}
