//! The region of a profile, from the files that AWS's tools share. Credentials in them are read by AWS's own library,
//! which knows every way they may be said; the region is part of the address, so it is needed before.

use std::path::PathBuf;

use crate::resolve::Surroundings;

/// A larger file is none of a person's making.
const LARGEST: u64 = 1 << 20;

/// The region of profile `name`, else of the one that the environment names, else of the default one.
pub(super) fn region(name: Option<&str>, around: &dyn Surroundings) -> Option<String> {
    let named = ["AWS_PROFILE_NAME", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
    let name = name.map(str::to_owned);
    let name = name.or_else(|| named.iter().find_map(|variable| around.env(variable)));
    let name = name.unwrap_or_else(|| "default".to_owned());
    let home = || around.env("HOME").or_else(|| around.env("USERPROFILE"));
    let files = [
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ];
    files.into_iter().find_map(|(variable, file)| {
        let path = around.env(variable).map(PathBuf::from);
        let path = path.or_else(|| Some(PathBuf::from(home()?).join(".aws").join(file)))?;
        if std::fs::metadata(&path).ok()?.len() > LARGEST {
            return None;
        }
        region_in(&std::fs::read_to_string(path).ok()?, &name)
    })
}

fn region_in(text: &str, name: &str) -> Option<String> {
    let mut here = false;
    for line in text.lines() {
        // What is indented belongs to the setting above it.
        if line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        if let Some(section) = line
            .trim()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
        {
            let section = section.0.trim();
            let profile = section.strip_prefix("profile").map_or(section, str::trim_start);
            here = profile.trim_matches(['"', '\'']) == name;
        } else if here
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "region"
        {
            let value = value.split([' ', '\t']).find(|word| !word.is_empty())?;
            return Some(value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_settings() {
        let text = "# mine\n[default]\nregion = eu-west-1 ; home\n[profile work]\ns3 =\n  region = none\nregion=us-gov-west-1\n[profile 'a b']\noutput=json\n";
        assert_eq!(region_in(text, "default").as_deref(), Some("eu-west-1"));
        assert_eq!(region_in(text, "work").as_deref(), Some("us-gov-west-1"));
        assert_eq!(region_in(text, "a b"), None);
        assert_eq!(region_in(text, "nobody"), None);
    }
}
