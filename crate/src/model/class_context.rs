//! A U-Net that sees the class through cross-attention: a few learned tokens a class are its context.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::layers::Init;
use super::{UNet, UNetConfig};
use crate::error::{ConfigError, require};
use crate::model::probe::Probe;

/// A network and the size of its contexts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassContextConfig {
    /// With cross-attention; the width of its tokens is `cross_attention_dim`.
    pub unet: UNetConfig,
    /// The null class of classifier-free guidance included.
    pub classes: usize,
    /// Tokens a class.
    pub tokens: usize,
}

#[derive(Module, Debug)]
pub struct ClassContextUNet {
    pub unet: UNet,
    pub context_embedding: Param<Tensor<3>>, // [classes, tokens, cross_attention_dim]
}

impl ClassContextConfig {
    /// Checks that the fields fit each other, and gives the width of a token.
    pub fn validate(&self) -> Result<usize, ConfigError> {
        require(self.classes > 0, "classes", self.classes, "at least 1")?;
        require(self.tokens > 0, "tokens", self.tokens, "at least 1")?;
        self.unet.validate()?;
        let missing = || ConfigError::new("cross_attention_dim", "null", "the width of a token");
        self.unet.cross_attention_dim.ok_or_else(missing)
    }

    /// A network with random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<ClassContextUNet, ConfigError> {
        let dim = self.validate()?;
        let init = &mut Init::new(seed, device);
        Ok(ClassContextUNet {
            unet: self.unet.build(init)?,
            context_embedding: init.normal([self.classes, self.tokens, dim]),
        })
    }
}

impl ClassContextUNet {
    pub fn config(&self) -> ClassContextConfig {
        let [classes, tokens, _] = self.context_embedding.val().dims();
        ClassContextConfig {
            unet: self.unet.config().clone(),
            classes,
            tokens,
        }
    }

    /// `x` `[batch, in, h, w]`, `t` `[batch]`, `labels` `[batch]` -> `[batch, out, h, w]`
    pub fn forward(&self, x: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        self.forward_probed(x, t, labels, None)
    }

    /// As [`forward`](Self::forward), with a look into one block of the U-Net.
    pub fn forward_probed(
        &self,
        x: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        probe: Option<&mut Probe>,
    ) -> Tensor<4> {
        let context = labels
            .clone()
            .map(|labels| self.context_embedding.val().select(0, labels)); // [batch, tokens, dim]
        self.unet.forward_with(x, t, labels, context, probe)
    }
}
