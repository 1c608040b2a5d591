//! What every page has around it.

use crate::{
    document::{Document, Section},
    failure::Failure,
    frame::{ICON_PATH, STYLE_PATH},
    site::Site,
};
use maud::{html, Markup, DOCTYPE};

const SECTIONS: [(Section, &str, &str); 8] = [
    (Section::Transfers, "/transfers", "Transfers"),
    (Section::Participants, "/participants", "Participants"),
    (Section::Windows, "/windows", "Windows"),
    (Section::Batches, "/batches", "Batches"),
    (Section::Quotes, "/quotes", "Quotes"),
    (Section::Queue, "/queue", "Queue"),
    (Section::Tariffs, "/tariffs", "Tariffs"),
    (Section::Blocks, "/blocks", "Blocks"),
];

pub(crate) fn page(site: &Site, document: &Document) -> Markup {
    shell(site, &document.title, document.section, &document.body)
}

pub(crate) fn failure(site: &Site, failure: &Failure) -> Markup {
    let body = html! {
        h1 { (failure.title) }
        section.card {
            p { (failure.text) }
            @if let Some(code) = failure.code { p.quiet { "Code " code { (code) } } }
            p {
                a href=(site.links.home()) { "Overview" } " \u{b7} "
                a href=(site.links.to("/transfers")) { "All transfers" } " \u{b7} "
                a href=(site.links.to("/participants")) { "Participants" }
            }
        }
    };
    shell(site, &failure.title, Section::Other, &body)
}

fn shell(site: &Site, title: &str, section: Section, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " \u{b7} Corridor explorer" }
                link rel="icon" type="image/svg+xml" href=(site.links.to(ICON_PATH));
                link rel="stylesheet" href=(site.links.to(STYLE_PATH));
            }
            body {
                a.skip href="#content" { "Skip to content" }
                (header(site, section))
                main #content { (body) }
                footer { p { "Read only. Everything shown is of finalised blocks." } }
            }
        }
    }
}

fn header(site: &Site, section: Section) -> Markup {
    let current = |of| (section == of).then_some("page");
    html! {
        header.site {
            div.bar {
                a.brand href=(site.links.home()) aria-current=[current(Section::Home)] {
                    img src=(site.links.to(ICON_PATH)) alt="" width="28" height="28";
                    span { "Corridor" }
                }
                form.search role="search" action=(site.links.to("/search")) method="get" {
                    label.unseen for="q" { "UETR, block, participant, reference or batch number" }
                    input #q name="q" type="search" maxlength="200" placeholder="UETR, block, BIC, reference\u{2026}" autocomplete="off";
                    button type="submit" { "Search" }
                }
                nav aria-label="Sections" {
                    @for (of, path, name) in SECTIONS {
                        a href=(site.links.to(path)) aria-current=[current(of)] { (name) }
                    }
                }
            }
        }
    }
}
