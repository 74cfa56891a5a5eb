//! What an app tells of the device that it is installed on (wallet-api section
//! 3.4).

use std::fmt;

use serde::Serialize;

/// What an app tells of the device that it is installed on; all of it may be
/// left out. `Debug` shows only what many devices have in common: the rest
/// names one.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// A name for the device, which its owner recognises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The operating system with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The number of the phone's radio, where an app may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// The platform's identifier of the installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Whether its protection was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooted: Option<bool>,
    /// Whether it is no real device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulator: Option<bool>,
    /// The network address, version 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_ipv4: Option<String>,
    /// The network address, version 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_ipv6: Option<String>,
    /// The name of the wireless network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wifi_ssid: Option<String>,
    /// The hardware address of the wireless network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wifi_mac: Option<String>,
    /// The language of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_language: Option<String>,
    /// The country of the SIM card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sim_country: Option<String>,
    /// The operator of the SIM card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sim_carrier: Option<String>,
    /// An identifier made from properties of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudo_unique_id: Option<String>,
    /// Android's identifier of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub android_id: Option<String>,
    /// The identifier of Google's services on the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub android_gfsid: Option<String>,
    /// Android's build fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub android_phone_fingerprint: Option<String>,
    /// The user agent of the system's web view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webview_user_agent: Option<String>,
    /// A hash of the device's properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_hash: Option<String>,
    /// The app's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

impl fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceInfo")
            .field("os", &self.os)
            .field("model", &self.model)
            .field("rooted", &self.rooted)
            .field("simulator", &self.simulator)
            .field("system_language", &self.system_language)
            .field("app_version", &self.app_version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_of_a_device_is_sent() {
        let device =
            DeviceInfo { os: Some("Android 16".to_owned()), rooted: Some(false), ..DeviceInfo::default() };
        insta::assert_json_snapshot!(device, @r#"
        {
          "os": "Android 16",
          "rooted": false
        }
        "#);
    }

    #[test]
    fn what_names_one_device_is_not_shown() {
        let device = DeviceInfo {
            imei: Some("1me1".to_owned()),
            title: Some("Nino's phone".to_owned()),
            wifi_mac: Some("m4c".to_owned()),
            os: Some("iOS 26".to_owned()),
            ..DeviceInfo::default()
        };
        let shown = format!("{device:?}");
        assert!(shown.contains("iOS 26"), "{shown}");
        for hidden in ["1me1", "Nino", "m4c"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
