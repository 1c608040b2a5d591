use std::{
    any::Any,
    panic::{catch_unwind, AssertUnwindSafe},
};

use polkadot_sdk::{
    sc_executor::{self, error::Error as ExecutorError, RuntimeVersionOf},
    sp_core::traits::{CallContext, CodeExecutor, Externalities, ReadRuntimeVersion, RuntimeCode},
    sp_externalities::set_and_run_with_externalities,
    sp_version::RuntimeVersion,
};
use scale_codec::Encode;

use corridor_devnet_runtime::{apis::api::dispatch, VERSION};

/// Runs runtime calls in this process, as native code, whatever the chain's state holds as its Wasm.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NativeExecutor;

impl CodeExecutor for NativeExecutor {
    type Error = ExecutorError;

    fn call(
        &self,
        externalities: &mut dyn Externalities,
        _code: &RuntimeCode<'_>,
        method: &str,
        data: &[u8],
        _context: CallContext,
    ) -> (Result<Vec<u8>, Self::Error>, bool) {
        // A runtime panics on an invalid block. In Wasm that would end the instance only, so here it must not end more.
        let outcome = set_and_run_with_externalities(externalities, || {
            catch_unwind(AssertUnwindSafe(|| dispatch(method, data)))
        });
        let result = match outcome {
            Ok(Some(encoded)) => Ok(encoded),
            Ok(None) => Err(ExecutorError::MethodNotFound(method.to_owned())),
            Err(panic) => Err(ExecutorError::RuntimePanicked(panic_text(panic.as_ref()))),
        };
        (result, true)
    }
}

impl ReadRuntimeVersion for NativeExecutor {
    fn read_runtime_version(
        &self,
        _wasm: &[u8],
        _externalities: &mut dyn Externalities,
    ) -> Result<Vec<u8>, String> {
        Ok(VERSION.encode())
    }
}

impl RuntimeVersionOf for NativeExecutor {
    fn runtime_version(
        &self,
        _externalities: &mut dyn Externalities,
        _code: &RuntimeCode<'_>,
    ) -> sc_executor::error::Result<RuntimeVersion> {
        Ok(VERSION)
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
