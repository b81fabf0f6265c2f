import { createApp } from 'vue'
import App from './App.vue'
import { newRouter } from './router'
import './element'
import './style.css'

createApp(App).use(newRouter()).mount('#app')
