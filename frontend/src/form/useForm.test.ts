import { describe, expect, it } from 'vitest'
import { createSSRApp, defineComponent, h, inject } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { ApiError } from '@/api/client'
import { fieldID, formKey, useForm } from './useForm'

describe('form', () => {
  it('keeps what is wrong by field, and forgets it when sent anew', async () => {
    const form = useForm()
    const bad = new ApiError('invalid', '请改正', 400, [
      { field: 'name', message: '请填写姓名' },
      { field: 'name', message: '姓名太短' },
    ])
    expect(await form.send(() => Promise.reject(bad))).toBeUndefined()
    expect([form.wrong('name'), form.wrong('login'), form.busy.value]).toEqual([
      '请填写姓名；姓名太短',
      '',
      false,
    ])
    expect(await form.send(() => Promise.resolve(7))).toBe(7)
    expect([form.wrong('name'), form.error.value]).toEqual(['', undefined])
  })
  it('tells what the browser refuses as one error, each field once', async () => {
    let told: (() => unknown[]) | undefined
    const Field = defineComponent(() => {
      const { refuse, wrong } = inject(formKey)!
      refuse({ field: 'name', message: '请填写姓名' })
      void Promise.resolve().then(() => {
        refuse({ field: 'kind', message: '请选择类型' })
        refuse({ field: 'kind', message: '请选择类型' })
      })
      told = () => [wrong('name'), wrong('kind')]
      return () => ''
    })
    const Form = defineComponent(() => {
      const { error } = useForm()
      expect(error.value).toBeUndefined()
      return () => h(Field)
    })
    await renderToString(createSSRApp(Form))
    await new Promise((done) => setTimeout(done))
    expect(told?.()).toEqual(['请填写姓名', '请选择类型'])
  })
  it('names elements by path', () =>
    expect(fieldID('organisation.credit_code')).toBe('f-organisation-credit-code'))
})
