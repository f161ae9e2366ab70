const PATHS = {
  card: "M3 6.5h18v11H3zM3 10h18M6 14.5h4",
  kakaopay: "M12 4.5c-4.7 0-8.5 2.9-8.5 6.5 0 2.3 1.5 4.3 3.9 5.5l-.8 3 3.5-2.2c.6.1 1.2.1 1.9.1 4.7 0 8.5-2.9 8.5-6.4S16.7 4.5 12 4.5z",
  naverpay: "M3.5 6h17v12h-17zM9 15V9l6 6V9",
  tosspay: "M3.5 6h17v12h-17zM8.5 9h7M12 9v6",
  samsungpay: "M3.5 6h17v12h-17zM15 9.5C14 8.7 9.5 8.3 9.3 10.3s5.4 1.3 5.2 3.4-4.5 1.8-5.5.8",
  payco: "M3.5 6h17v12h-17zM9.5 15V9h3.2a1.8 1.8 0 0 1 0 3.6H9.5",
  trans: "M4 9.5 12 5l8 4.5zM6 10v7M10 10v7M14 10v7M18 10v7M4 19h16",
  vbank: "M5 4.5h11l3 3v12H5zM8.5 10h7M8.5 13h7M8.5 16h4",
  phone: "M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 8 3.5zM10.5 17.5h3",
  shop: "M5 8.5h14l-1 11H6zM9 8.5V7a3 3 0 0 1 6 0v1.5",
  cart: "M2.5 4.5h2.6l2 10.5h10.6l2-7.5H5.9M8.7 19.2v.3M16.2 19.2v.3",
  history: "M6 4h12v16l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6",
  inventory: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.3",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8v.3",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  copy: "M9 8.5h10v11H9zM5 15.5v-11h10",
  print: "M7 8V4h10v4M5 8h14v8h-2M7 16H5V8M7 13.5h10V20H7z",
  receipt: "M6 4h12v16l-3-2-3 2-3-2-3 2zM9 9h6M9 13h4",
  language: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c3 2.5 3 14.5 0 17M12 3.5c-3 2.5-3 14.5 0 17",
  person: "M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20c.5-4 3.5-6 7-6s6.5 2 7 6",
  minus: "M6 12h12",
  plus: "M6 12h12M12 6v12",
  menu: "M4 7h16M4 12h16M4 17h16",
  chart: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
  compare: "M8 4v16M8 4L4.5 8M8 4l3.5 4M16 20V4M16 20l-3.5-4M16 20l3.5-4",
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5",
  send: "M4 12L20 4.5 14.5 20l-3-6.5zM11.5 13.5L20 4.5",
  key: "M8.5 11.5a4 4 0 1 0 0 .1zM8.5 11.5H21M17.5 11.5v4M14 11.5v3",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  download: "M12 4v11M7.5 11L12 15.5 16.5 11M5 19.5h14",
  back: "M20 12H4.5M11 5.5L4.5 12l6.5 6.5",
  logout: "M14 4H5.5v16H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
  calendar: "M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4",
  refresh: "M19.5 12A7.5 7.5 0 1 1 17 6.4M17.5 3v4h-4",
};

export type IconName = keyof typeof PATHS;

/** An icon beside a text with the same meaning; screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="pt-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
