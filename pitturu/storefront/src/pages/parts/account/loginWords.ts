// Texts of logging in, of passwords and of the second factor, for the pages that are about them.

import { useLanguage } from "../../../i18n/language.js";

const ko = {
  people: {
    username: "아이디",
    password: "비밀번호",
    login: "로그인",
    loginHeading: "다시 만나 반가워요",
    register: "회원가입",
    registerHeading: "처음 오셨군요",
    noAccount: "아직 계정이 없으신가요?",
    haveAccount: "이미 계정이 있으신가요?",
    passwordHint: "10자 이상",
    usernameHint: "영문 소문자, 숫자, . _ -",
    busy: "확인하는 중…",
    why: "계속하려면 로그인해 주세요.",
  },

  security: {
    toConsole: "운영자 콘솔 열기",
    heading: "내 계정",
    logins: "로그인한 기기",
    here: "지금 이 기기",
    unknownDevice: "알 수 없는 기기",
    lastUse: (when: string) => `${when}에 마지막 사용`,
    end: "로그아웃",
    endLabel: (when: string) => `${when}에 마지막으로 쓴 기기 로그아웃`,
    endOthers: "다른 기기 모두 로그아웃",
    password: "비밀번호 바꾸기",
    presentPassword: "지금 비밀번호",
    newPassword: "새 비밀번호",
    change: "바꾸기",
    passwordChanged: (count: number) =>
      count > 0 ? `비밀번호를 바꿨어요. 다른 기기 ${count}대에서 로그아웃했어요.` : "비밀번호를 바꿨어요.",
    factor: "2단계 인증",
    factorOff: "로그인할 때 비밀번호와 함께 인증 앱의 코드를 확인해요. 비밀번호가 새어 나가도 계정을 지킬 수 있어요.",
    factorOn: (left: number) => `켜져 있어요. 남은 복구 코드는 ${left}개예요.`,
    switchOn: "켜기",
    switchOff: "끄기",
    enterSecret: "인증 앱에 이 키를 입력한 다음, 앱에 나오는 여섯 자리 코드를 적어 주세요.",
    openApp: "이 기기의 인증 앱에서 열기",
    code: "인증 코드",
    codeHint: "인증 앱의 여섯 자리 숫자, 또는 복구 코드",
    confirm: "확인하기",
    recoveryCodes: "켜졌어요. 휴대폰을 잃어버렸을 때 쓸 복구 코드를 안전한 곳에 보관하세요. 한 번씩만 쓸 수 있고 다시 보여 드리지 않아요.",
  },
};

const en: typeof ko = {
  people: {
    username: "User name",
    password: "Password",
    login: "Log in",
    loginHeading: "Good to see you again",
    register: "Sign up",
    registerHeading: "Welcome",
    noAccount: "No account yet?",
    haveAccount: "Already have an account?",
    passwordHint: "10 characters or more",
    usernameHint: "Lower-case letters, digits, . _ -",
    busy: "One moment…",
    why: "Please log in to go on.",
  },

  security: {
    toConsole: "Open the console",
    heading: "My account",
    logins: "Where you are logged in",
    here: "This device",
    unknownDevice: "Unknown device",
    lastUse: (when) => `Last used ${when}`,
    end: "Log out",
    endLabel: (when) => `Log out the device last used ${when}`,
    endOthers: "Log out all other devices",
    password: "Change the password",
    presentPassword: "Present password",
    newPassword: "New password",
    change: "Change",
    passwordChanged: (count) =>
      count > 0 ? `Your password is changed. Other devices logged out: ${count}.` : "Your password is changed.",
    factor: "Two-step login",
    factorOff: "Logging in takes a code of an authenticator app besides the password. A stolen password is not enough then.",
    factorOn: (left) => `Switched on. Recovery codes left: ${left}.`,
    switchOn: "Switch on",
    switchOff: "Switch off",
    enterSecret: "Enter this key in your authenticator app, then type in the six digits that it shows.",
    openApp: "Open in an app on this device",
    code: "Code",
    codeHint: "Six digits of the app, or a recovery code",
    confirm: "Confirm",
    recoveryCodes:
      "Switched on. Store these recovery codes in a safe place, in case you lose your phone. Each works once, and they are not shown again.",
  },
};

/** `people` of who logs in or registers, `security` of who is logged in. */
export function useLoginWords(): typeof ko {
  return { ko, en }[useLanguage().language];
}
