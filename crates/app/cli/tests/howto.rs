//! Every command of `docs/howto` does what the page says, beside a server of `serve --dev`.
//!
//! A line `$ COMMAND` of an `sh` block is run by `sh`; `> MORE` continues it; any other line must be in what it says.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::path::Path;

mod support;
use support::Server;

/// A command, and lines that it must say.
struct Step {
    command: String,
    says: Vec<String>,
}

/// The steps of a page.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (inside, line) {
            (false, "```sh") => inside = true,
            (true, "```") => inside = false,
            (false, _) => {}
            (true, line) => match (line.strip_prefix("$ "), line.strip_prefix("> ")) {
                (Some(command), _) => {
                    steps.push(Step { command: command.to_owned(), says: Vec::new() });
                }
                (None, Some(more)) => {
                    let step = steps.last_mut().unwrap();
                    step.command.push('\n');
                    step.command.push_str(more);
                }
                (None, None) => steps.last_mut().unwrap().says.push(line.to_owned()),
            },
        }
    }
    steps
}

/// Runs a step beside a server.
fn run(server: &mut Server, step: &Step) {
    let (succeeded, said) = server.shell(&step.command);
    assert!(succeeded, "$ {}\n{said}", step.command);
    for line in &step.says {
        assert!(said.contains(line.as_str()), "$ {}\n{said}\ndoes not say: {line}", step.command);
    }
    if step.command.starts_with("kill -HUP") {
        server.reloaded();
    }
}

fn holds(page: &str) {
    let steps = steps(page);
    assert!(steps.len() > 3, "no commands on this page");
    let mut server = Server::start();
    steps.iter().for_each(|step| run(&mut server, step));
}

#[test]
fn an_adfs_endpoint_is_replaced_as_the_page_says() {
    holds(include_str!("../../../../docs/howto/replace-adfs-endpoint.md"));
}

#[test]
fn a_soap_service_is_protected_as_the_page_says() {
    holds(include_str!("../../../../docs/howto/protect-a-soap-service.md"));
}

#[test]
fn an_assertion_is_exchanged_for_a_jwt_as_the_page_says() {
    holds(include_str!("../../../../docs/howto/saml-to-jwt.md"));
}

#[test]
fn a_jwt_is_exchanged_for_an_assertion_as_the_page_says() {
    holds(include_str!("../../../../docs/howto/jwt-to-saml.md"));
}

#[test]
fn every_page_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/howto");
    let mut pages: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let tested = [
        "jwt-to-saml.md",
        "protect-a-soap-service.md",
        "replace-adfs-endpoint.md",
        "saml-to-jwt.md",
    ];
    assert_eq!(pages, tested);
}
