const PATHS = {
  shield: "M12 3l7 3v5.5c0 4.4-3 8-7 9.5-4-1.5-7-5.1-7-9.5V6l7-3zM9 12l2.2 2.2L15.2 10",
  app: "M8.5 3h7A1.5 1.5 0 0 1 17 4.5v15a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19.5v-15A1.5 1.5 0 0 1 8.5 3zM11 18h2",
  list: "M10 6h9M10 12h9M10 18h9M5 5.5h.01M5 11.5h.01M5 17.5h.01",
  key: "M14.5 9.5a4 4 0 1 0-3.2 3.9L13 15h2.5v2.5H18V20h3v-3.2l-6.7-6.3a4 4 0 0 0 .2-1zM9.5 8.5h.01",
  lock: "M6.5 10.5h11A1.5 1.5 0 0 1 19 12v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.5zM8 10.5V7.5a4 4 0 0 1 8 0v3",
  monitor: "M4.5 4.5h15A1.5 1.5 0 0 1 21 6v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15V6a1.5 1.5 0 0 1 1.5-1.5zM9 20h6M12 16.5V20",
  alert: "M12 4l9 15.5H3L12 4zM12 10v4M12 17h.01",
  check: "M5 12.5l4.5 4.5L19 7",
  chevron: "M9 5l7 7-7 7",
  card: "M4.5 5.5h15A1.5 1.5 0 0 1 21 7v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17V7a1.5 1.5 0 0 1 1.5-1.5zM3 10h18M7 14.5h3",
  box: "M12 3l8 4.2v9.6L12 21l-8-4.2V7.2L12 3zM4 7.2l8 4.3 8-4.3M12 11.5V21",
  gauge: "M4 18a8.5 8.5 0 1 1 16 0M12 15l4-5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  passkey: "M10 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM3.5 20a6.5 6.5 0 0 1 9.5-5.7M18 13.5a2.5 2.5 0 1 0-1.4 4.6v2.4l1.4 1 1.4-1-.9-1.1.9-1.1-.8-.8A2.5 2.5 0 0 0 18 13.5zM18 15.7h.01",
  mail: "M4.5 5.5h15A1.5 1.5 0 0 1 21 7v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17V7a1.5 1.5 0 0 1 1.5-1.5zM3.5 7l8.5 6.5L20.5 7",
  message: "M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9a1.5 1.5 0 0 1-1.5 1.5h-7L7.5 20v-3.5H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5zM8 9h8M8 12.5h5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  help: "M9.2 9a2.9 2.9 0 1 1 4.3 2.5c-.9.5-1.5 1.2-1.5 2.2M12 17.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
} as const;
export type IconName = keyof typeof PATHS;

/** A picture beside words, never instead of them. */
export function Icon({ name, className = "size-5" }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round"
      aria-hidden="true" focusable="false" className={`shrink-0 ${className}`}>
      <path d={PATHS[name]} />
    </svg>
  );
}
