//! One point on the way from data to noise.

/// How much of `x_t` is data and how much is noise: `x_t = alpha x_0 + sigma eps`.
///
/// Every Gaussian path is a sequence of these: the variance-preserving one of DDPM has alpha^2 + sigma^2 = 1
/// (alpha^2 is alpha-bar), rectified flow has alpha + sigma = 1. Code written against a level serves both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub alpha: f64,
    pub sigma: f64,
}

impl Level {
    /// Data without noise.
    pub const CLEAN: Self = Self {
        alpha: 1.0,
        sigma: 0.0,
    };

    /// The variance-preserving level of alpha-bar (Ho et al. 2020, equation 4).
    pub fn from_alpha_bar(alpha_bar: f64) -> Self {
        Self {
            alpha: alpha_bar.sqrt(),
            sigma: (1.0 - alpha_bar).sqrt(),
        }
    }

    /// The variance-preserving level whose noise is `ratio` times its signal: the sigma of Karras et al. 2022.
    pub fn from_noise_ratio(ratio: f64) -> Self {
        let alpha = (1.0 + ratio * ratio).sqrt().recip();
        Self {
            alpha,
            sigma: ratio * alpha,
        }
    }

    /// The level at time `t` in [0, 1] of rectified flow, where t = 1 is noise (Liu et al. 2023).
    pub fn flow(t: f64) -> Self {
        Self {
            alpha: 1.0 - t,
            sigma: t,
        }
    }

    /// Signal-to-noise ratio alpha^2 / sigma^2.
    pub fn snr(self) -> f64 {
        (self.alpha / self.sigma).powi(2)
    }

    /// lambda = ln(alpha / sigma), half the log-SNR (Lu et al. 2022).
    pub fn lambda(self) -> f64 {
        (self.alpha / self.sigma).ln()
    }

    /// sigma / alpha, infinite where no signal is left.
    pub fn noise_ratio(self) -> f64 {
        self.sigma / self.alpha
    }
}
