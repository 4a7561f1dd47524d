/**
 * Times of copied rows over the column `n`: people came one a second, sessions were begun over two months and the newest fifth lives,
 * letters went out one a second.
 */
export function timestamps(of: "identity" | "session" | "message"): Readonly<Record<string, string>> {
  switch (of) {
    case "identity": {
      const at = "now() - interval '1 hour' - n * interval '1 second'";
      return { created_at: at, updated_at: at };
    }
    case "session": {
      const age = "(CASE WHEN n % 5 = 0 THEN interval '1 minute' + (n % 1200) * interval '1 minute' ELSE interval '2 days' + (n % 80000) * interval '1 minute' END)";
      const issued = `now() - ${age}`;
      return {
        issued_at: issued, authenticated_at: issued, updated_at: issued, expires_at: `${issued} + interval '1 day'`,
        methods: `jsonb_build_array(jsonb_build_object('method', 'password', 'aal', 'aal1', 'completedAt', to_char((${issued}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))`,
      };
    }
    case "message": {
      const at = "now() - n * interval '1 second'";
      return { created_at: at, not_before: at, sent_at: at, updated_at: at };
    }
  }
}
