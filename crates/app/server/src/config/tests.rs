use super::*;

const GOOD: &str = r#"
public_url = "https://sts.example"
provision = "objects.d"

[listen]
address = "192.0.2.1:443"

[tls]
certificate = "tls.crt"
key = "/run/tls.key"

[store]
path = "store.sqlite"

[sealing]
key = "file:sealing.key"
"#;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigMistakes> {
    let environment = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    let parsed = Config::parse("server.toml", text, environment, Path::new("/etc/symbolon"));
    parsed.map(|(config, _)| config)
}

fn mistakes(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    parse(text, environment).unwrap_err().0.iter().map(ToString::to_string).collect()
}

fn without(part: &str) -> String {
    assert!(GOOD.contains(part), "{part}");
    GOOD.replace(part, "")
}

#[test]
fn paths_begin_at_the_files_folder_and_what_is_not_written_is_safe() {
    let config = parse(GOOD, &[("HOME", "/root")]).unwrap();
    assert_eq!(config.tls.certificate, Path::new("/etc/symbolon/tls.crt"));
    assert_eq!(config.tls.key, Path::new("/run/tls.key"));
    assert_eq!(config.store, Store::Sqlite("/etc/symbolon/store.sqlite".into()));
    assert_eq!(config.sealing, Reference::File("/etc/symbolon/sealing.key".to_owned()));
    assert_eq!(config.provision.unwrap(), Path::new("/etc/symbolon/objects.d"));
    assert_eq!(config.listen.operations.to_string(), "127.0.0.1:444");
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.log.level, LevelFilter::INFO);
}

#[test]
fn every_missing_field_is_named() {
    assert_eq!(
        mistakes("[tls]\ncertificate = \"c\"\n", &[]),
        [
            "server.toml:1:1: `public_url` is missing; add it",
            "server.toml:1:1: `sealing.key` is missing; add it",
            "server.toml:1:1: `store.path` is missing; add it",
            "server.toml:1:2: `tls.key` is missing; add it",
        ]
    );
}

#[test]
fn mistakes_are_named_by_file_and_line() {
    let cases = [
        (
            "https://sts.example",
            "http://sts.example",
            "2:1: `http://sts.example` is not a public URL",
        ),
        ("192.0.2.1:443", "192.0.2.1", "6:11: invalid socket address syntax"),
        ("provision", "provisoin", "3:1: unknown field `provisoin`"),
        ("[store]", "[store]\nkind = \"tape\"", "13:8: unknown variant `tape`"),
        (
            "[store]",
            "[limits]\nbody_octets = 1\n[store]",
            "13:1: 1 octets are out of bounds; write 8192 to 16777216 octets",
        ),
        (
            "[store]",
            "[limits]\nheader_seconds = 0\n[store]",
            "13:1: 0 seconds are out of bounds; write 1 to 3600 seconds",
        ),
        (
            "[store]",
            "[limits]\nconnections = 0\n[store]",
            "13:1: no connection would ever be taken",
        ),
        ("[store]", "[log]\nlevel = \"loud\"\n[store]", "13:9: unknown variant `loud`"),
        (
            "\"file:sealing.key\"",
            "\"AAAA\"",
            "16:7: a secret stands where only its place may stand",
        ),
    ];
    for (from, to, told) in cases {
        let mistakes = mistakes(&GOOD.replace(from, to), &[]);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(mistakes[0].starts_with(&format!("server.toml:{told}")), "{}", mistakes[0]);
    }
}

#[test]
fn a_store_in_memory_is_refused_until_its_loss_is_accepted() {
    let memory =
        |more: &str| GOOD.replace("path = \"store.sqlite\"", &format!("kind = \"memory\"\n{more}"));
    assert_eq!(
        mistakes(&memory(""), &[]),
        ["server.toml:13:1: a store in memory loses keys, replay protection and audit trail; \
          write kind = \"sqlite\", or accept the loss with allow_loss = true"]
    );
    let refused = mistakes(&memory("allow_loss = false"), &[]);
    assert_eq!(refused.len(), 1);
    assert_eq!(parse(&memory("allow_loss = true"), &[]).unwrap().store, Store::Memory);
}

#[test]
fn the_environment_stands_over_the_file() {
    let environment = [
        ("SYMBOLON__LISTEN__ADDRESS", "127.0.0.1:9000"),
        ("SYMBOLON__LIMITS__BODY_OCTETS", "65536"),
        ("SYMBOLON__SEALING__KEY", "env:SEALING"),
        ("SYMBOLON__PUBLIC_URL", "https://other.example"),
    ];
    let config = parse(&without("public_url = \"https://sts.example\""), &environment).unwrap();
    assert_eq!(config.listen.address.port(), 9000);
    assert_eq!(config.limits.body_octets, 65536);
    assert_eq!(config.sealing, Reference::Env("SEALING".to_owned()));
    assert_eq!(config.public_url.unwrap(), "https://other.example");
}

#[test]
fn a_mistake_in_the_environment_names_its_variable_and_repeats_no_secret() {
    let told = |name, value| mistakes(GOOD, &[(name, value)]);
    assert_eq!(
        told("SYMBOLON__LIMITS__BODY_OCTETS", "many"),
        ["SYMBOLON__LIMITS__BODY_OCTETS: invalid type: string \"many\", expected usize; \
          set it as server.toml would have it"]
    );
    assert!(told("SYMBOLON__LISTEN__ADRESS", "x")[0].contains("unknown field `adress`"));
    assert_eq!(
        told("SYMBOLON__PUBLIC_URL", "http://x"),
        ["SYMBOLON__PUBLIC_URL: `http://x` is not a public URL; \
          write https://HOST[:PORT][/PATH] without a slash at its end"]
    );
    assert!(!told("SYMBOLON__SEALING__KEY", "tr0ub4dor")[0].contains("tr0ub4dor"));
}

#[test]
fn the_next_port_of_the_last_is_any_free_one() {
    assert_eq!([next_port(0), next_port(8443), next_port(65535)], [0, 8444, 0]);
}
